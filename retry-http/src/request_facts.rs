//! `RequestFacts`: what the class of a failure depends on, apart from the failure.

use http::{HeaderMap, Method, Request, Response};
use retry_core::Class;

use crate::asked_for::AskedFor;
use crate::hints::{hint, wall_clock};
use crate::safety::Safety;
use crate::status::{is_failure, judge_response};
use crate::status_error::StatusError;

/// What a request says about its repetition, and which responses are its success.
///
/// It is read from the request before it is sent, and has no lifetime, so that it outlives the request.
///
/// # Examples
///
/// ```
/// use http::{Request, Response};
/// use retryable::{Class, Classify};
/// use retryable::http::RequestFacts;
/// use std::time::Duration;
///
/// let facts = RequestFacts::of(&Request::post("/orders").body(())?);
/// assert!(!facts.is_repeatable());
///
/// // The order may have been placed.
/// let response = Response::builder().status(500).body("try later")?;
/// let error = facts.check(&response).unwrap_err();
/// assert_eq!(error.classify(), Class::Ambiguous);
///
/// // The order was certainly not placed.
/// let response = Response::builder().status(503).header("retry-after", "2").body("busy")?;
/// let error = facts.check(&response).unwrap_err();
/// let retry_after = Some(Duration::from_secs(2));
/// assert_eq!(error.classify(), Class::Throttled { retry_after });
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts {
    safety: Safety,
    asked_for: AskedFor,
}

impl RequestFacts {
    /// Reads the method and the headers of a request.
    pub fn of<B>(request: &Request<B>) -> Self {
        Self::new(request.method(), request.headers())
    }

    /// Like [`of`](Self::of), for a request whose parts are elsewhere.
    ///
    /// Call it with the headers that are sent: an `Idempotency-Key` that is added later is not seen.
    pub fn new(method: &Method, headers: &HeaderMap) -> Self {
        Self {
            safety: Safety::of(method, headers),
            asked_for: AskedFor::by(headers),
        }
    }

    /// Promises that processing this request twice has the same effect as once, for every method.
    pub fn idempotent(mut self) -> Self {
        self.safety = self.safety.max(Safety::Idempotent);
        self
    }

    /// Returns whether the server may process this request twice.
    ///
    /// `true` for `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` (RFC 9110 section 9.2.2), for `QUERY`
    /// (RFC 10008), and for every request with an `Idempotency-Key`. `false` for a `PUT` or `DELETE` with `If-Match`,
    /// `If-None-Match` or `If-Unmodified-Since`: the repetition would fail because of the effect of the first request.
    pub fn is_repeatable(self) -> bool {
        self.safety != Safety::Once
    }

    /// Returns the class of a failure of this request, if `class` is that of the failure alone.
    ///
    /// For failures without a response. `Transient` becomes `Ambiguous` if the server must not process the request
    /// twice.
    pub fn class(self, class: Class) -> Class {
        match class {
            Class::Transient if !self.is_repeatable() => Class::Ambiguous,
            class => class,
        }
    }

    /// Returns an error unless the response is a success.
    ///
    /// Failures are statuses of 400 and above, redirects, and statuses below 200. A 304 is a success only with
    /// `If-None-Match` or `If-Modified-Since`, and a 101 only with `Upgrade`. The caller keeps the body.
    ///
    /// # Errors
    ///
    /// [`StatusError`], by the [table](index.html#which-failure-is-what). A client that follows redirects must not call
    /// this for a later hop of a request that is not [repeatable](Self::is_repeatable): the first hop has processed
    /// the request.
    pub fn check<B>(self, response: &Response<B>) -> Result<(), StatusError> {
        let (status, headers) = (response.status(), response.headers());
        if !is_failure(status) && !self.asked_for.is_missed_by(status) {
            return Ok(());
        }
        let hint = hint(headers, wall_clock);
        let rule = judge_response(status, headers, hint, self.safety);
        let verdict = if self.is_repeatable() {
            rule.verdict()
        } else {
            rule.verdict_once()
        };
        Err(StatusError::new(status, headers.clone(), hint, verdict))
    }
}
