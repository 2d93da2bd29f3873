//! The error of requests that know their method.

#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    allow(
        dead_code,
        reason = "for downloads and other requests that a browser lacks"
    )
)]
mod constructors;
mod messages;
pub(crate) mod url;

use std::io;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use retry_core::{Class, Classify, TimedOut};
use retry_http::Verdict;

use crate::body::NotReplayable;
use crate::classify::{BODY, OTHER, Rule, TIMEOUT, error_type, rules};

/// Why a request failed: the server's status, the transport, or the time it took.
///
/// Its messages show no secret: URLs have lost user name, password, query and fragment, and headers are not
/// shown. The first 512 bytes of a failed response's body are shown by `Debug`, not by `Display`.
///
/// # Examples
///
/// ```
/// use reqwest::StatusCode;
///
/// # fn missing(error: &retryable::http::Error) -> bool {
/// // A record that does not exist is no failure here.
/// error.status() == Some(StatusCode::NOT_FOUND)
/// # }
/// ```
pub struct Error(pub(super) Box<Inner>);

pub(super) struct Inner {
    pub(super) rule: Rule,
    pub(super) repeatable: bool,
    pub(super) last: bool,
    /// Whether it is the failure of a later hop, so that an earlier one has processed the request.
    pub(super) later_hop: bool,
    /// The failure of the previous attempt, if this one ran out of time.
    pub(super) before: Option<Error>,
    /// How many bytes a download has written.
    pub(super) written: Option<u64>,
    pub(super) url: Option<Url>,
    pub(super) cause: Cause,
}

pub(super) enum Cause {
    Status {
        status: StatusCode,
        /// The target of a redirect that was not followed.
        location: Option<Url>,
        /// `None` if only reqwest's own error is left of the response.
        headers: Option<HeaderMap>,
        retry_after: Option<Duration>,
        body: Box<[u8]>,
    },
    Transport(reqwest::Error),
    /// The causes of the error quote the body. The second error replaces them.
    NotDecoded(reqwest::Error, NotDecoded),
    /// The message of a transport error whose causes contain a URL that cannot be cleaned.
    Message(String),
    TimedOut(TimedOut),
    NotReplayable(NotReplayable),
    /// With the failure that interrupted the download, if any.
    Refused(Option<Error>),
    Writer(io::Error),
}

/// A body that does not have the expected form. Shows the position, if it is known, and no byte of the body.
#[derive(Debug)]
pub(super) struct NotDecoded {
    /// Line and column.
    pub(super) place: Option<(u64, u64)>,
}

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server responded with a status of 400 or above, or with a redirect that was not followed; to a download,
    /// with any status but 200 to 299.
    Status,
    /// The request could not be built or sent, or its response could not be read.
    Transport,
    /// The attempt took longer than its policy allows.
    TimedOut,
    /// The attempt has no body to send; see [`NotReplayable`].
    NotReplayable,
    /// A download cannot be resumed without a risk of wrong bytes. The rule of
    /// [`explain`](Error::explain) says why, and `source` is the failure that interrupted it.
    ResumeRefused,
    /// The writer of a download failed. This is never retried. `source` is the writer's [`io::Error`].
    Writer,
}

impl Error {
    /// Returns reqwest's error with a clean URL, unless it would be classified as `Refused` although this error is not:
    /// alone, it would claim that the request was not sent.
    #[cfg(all(
        feature = "middleware",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub(crate) fn into_reqwest(self) -> Result<reqwest::Error, Self> {
        let class = self.explain().class;
        match self.0.cause {
            Cause::Transport(error) | Cause::NotDecoded(error, _)
                if class == Class::Refused
                    || crate::classify::classify(&error) != Class::Refused =>
            {
                Ok(error)
            }
            _ => Err(self),
        }
    }

    /// Whether this is a redirect that was not followed.
    pub(super) fn is_not_followed(&self) -> bool {
        self.status()
            .is_some_and(|status| status.is_redirection() && status != StatusCode::NOT_MODIFIED)
    }

    /// Returns the failure of the previous attempt, if the deadline ended this one. It explains more than the timeout.
    /// It is also the [`source`](std::error::Error::source).
    pub fn previous(&self) -> Option<&Self> {
        self.0.before.as_ref()
    }

    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub(crate) fn is_last(&self) -> bool {
        self.0.last
    }

    /// Whether only the server's `x-should-retry: false` keeps this failure from being retried.
    ///
    /// The server then says that the retries behind it have given up. A driver reports that with
    /// [`note_give_up`](retry_core::note_give_up) if this error is what its attempt fails with.
    pub(crate) fn server_gave_up(&self) -> bool {
        self.0.rule == rules::SHOULD_NOT_RETRY
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self.0.cause {
            Cause::Status { .. } => ErrorKind::Status,
            Cause::Transport(_) | Cause::NotDecoded(..) | Cause::Message(_) => ErrorKind::Transport,
            Cause::TimedOut(_) => ErrorKind::TimedOut,
            Cause::NotReplayable(_) => ErrorKind::NotReplayable,
            Cause::Refused(_) => ErrorKind::ResumeRefused,
            Cause::Writer(_) => ErrorKind::Writer,
        }
    }

    /// Returns what this failure means for the next attempt, and the rule that decided.
    pub fn explain(&self) -> Verdict {
        if self.0.repeatable {
            return self.0.rule.verdict();
        }
        let verdict = self.0.rule.verdict_once();
        if self.0.later_hop && verdict.class != Class::Permanent {
            return rules::LATER_HOP.verdict();
        }
        verdict
    }

    /// Returns the status of the failed response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self.0.cause {
            Cause::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Returns the URL that failed, after redirects; without user name, password, query and fragment.
    ///
    /// If the scheme was forgotten, as in `user:password@example.org/`, this is `redacted:example.org/`.
    pub fn url(&self) -> Option<&Url> {
        self.0.url.as_ref()
    }

    /// Returns the headers of the failed response, for hints that this crate does not know.
    ///
    /// They may contain secrets, such as cookies: neither `Display` nor `Debug` of this error shows them. `None` if
    /// there was no response, or if the error came from `error_for_status`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// /// A rate limit that says when its window ends.
    /// fn window(error: &retryable::http::Error) -> Option<Duration> {
    ///     let reset = error.headers()?.get("x-ratelimit-reset-after")?;
    ///     Some(Duration::from_secs(reset.to_str().ok()?.parse().ok()?))
    /// }
    /// ```
    pub fn headers(&self) -> Option<&HeaderMap> {
        match &self.0.cause {
            Cause::Status { headers, .. } => headers.as_ref(),
            _ => None,
        }
    }

    /// Returns how long the server asked to wait (see [`retry_after`](crate::retry_after)), with any failed status.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.0.cause {
            Cause::Status { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// Returns the first bytes of the failed response's body, at most 512. Fewer, or none, if the error came
    /// from `error_for_status`, or if the body took longer than 100 ms to read.
    pub fn body(&self) -> &[u8] {
        match &self.0.cause {
            Cause::Status { body, .. } => body,
            _ => &[],
        }
    }

    /// Returns how many bytes of a download were written. All of them are correct, from the first requested
    /// byte on. `None` if this is not the error of a download.
    ///
    /// After a failure of the writer itself, this is the number of bytes that it reported.
    pub fn bytes_written(&self) -> Option<u64> {
        self.0.written
    }

    /// Returns reqwest's error with a clean URL, if the transport failed. `None` in the rare case that one of its
    /// causes also has a URL, as with a redirect away from https.
    ///
    /// If a body did not decode as JSON, the causes of reqwest's error quote parts of it. This error does not show
    /// them.
    pub fn as_reqwest(&self) -> Option<&reqwest::Error> {
        match &self.0.cause {
            Cause::Transport(error) | Cause::NotDecoded(error, _) => Some(error),
            _ => None,
        }
    }
}

impl Classify for Error {
    fn classify(&self) -> Class {
        self.explain().class
    }

    fn retry_after(&self) -> Option<Duration> {
        Self::retry_after(self)
    }

    fn error_type(&self) -> Option<&str> {
        Some(match &self.0.cause {
            Cause::Status { status, .. } => status.as_str(),
            Cause::NotDecoded(..) => "decode",
            Cause::Transport(error) => error_type(error),
            Cause::TimedOut(_) => TIMEOUT,
            Cause::NotReplayable(_) => BODY,
            // The failure that interrupted the download says more than that it cannot be resumed.
            Cause::Refused(Some(error)) => return error.error_type(),
            // The error of reqwest is gone, because its causes contain the URL.
            Cause::Message(_) if self.0.rule.is(rules::NOT_BUILT) => "builder",
            Cause::Message(_) if self.0.rule.is(rules::REDIRECT) => "redirect",
            Cause::Message(_) | Cause::Refused(None) | Cause::Writer(_) => OTHER,
        })
    }
}
