//! `StatusError`: a response that is not the success that its request asked for.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use retry_core::{Class, Classify};

use crate::response_rules::SHOULD_NOT_RETRY;
use crate::rule::Verdict;

/// A response that is not a success. Made by [`RequestFacts::check`](crate::RequestFacts::check).
///
/// It has a copy of the response's headers, which neither `Display` nor `Debug` shows, because they may contain secrets.
///
/// # Examples
///
/// ```
/// use http::{Request, Response, StatusCode};
/// use retryable::http::RequestFacts;
///
/// let facts = RequestFacts::of(&Request::get("/users/7").body(())?);
/// let response = Response::builder().status(302).header("location", "/login").body(())?;
/// let error = facts.check(&response).unwrap_err();
/// assert_eq!(error.status(), StatusCode::FOUND);
/// assert_eq!(error.explain().rule, "a redirect that was not followed");
/// assert_eq!(error.to_string(), "the server responded with 302 Found: a redirect that was not followed");
/// # Ok::<(), http::Error>(())
/// ```
pub struct StatusError(Box<Inner>);

struct Inner {
    status: StatusCode,
    headers: HeaderMap,
    retry_after: Option<Duration>,
    verdict: Verdict,
}

impl StatusError {
    pub(crate) fn new(
        status: StatusCode,
        headers: HeaderMap,
        retry_after: Option<Duration>,
        verdict: Verdict,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            headers,
            retry_after,
            verdict,
        }))
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the headers of the response, for hints that this crate does not know.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns how long the server asked to wait (see [`retry_after`](crate::retry_after())), with any status.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns what this failure means for the next attempt, and the rule that decided.
    pub fn explain(&self) -> Verdict {
        self.0.verdict
    }

    /// Returns whether only the server's `x-should-retry: false` keeps this failure from being retried.
    ///
    /// The server then says that the retries behind it have given up. Call [`note_give_up`](retry_core::note_give_up)
    /// in the attempt, so that the enclosing calls stop too.
    pub fn server_gave_up(&self) -> bool {
        self.0.verdict == SHOULD_NOT_RETRY.verdict()
    }
}

impl Classify for StatusError {
    fn classify(&self) -> Class {
        self.0.verdict.class
    }

    fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    fn error_type(&self) -> Option<&str> {
        Some(self.0.status.as_str())
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            status, verdict, ..
        } = &*self.0;
        write!(f, "the server responded with {status}: {}", verdict.rule)
    }
}

impl fmt::Debug for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusError")
            .field("status", &self.0.status)
            .field("retry_after", &self.0.retry_after)
            .field("verdict", &self.0.verdict)
            .finish_non_exhaustive()
    }
}

impl Error for StatusError {}
