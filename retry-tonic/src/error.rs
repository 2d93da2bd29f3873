//! `Error`: the failure of an attempt.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use retry_core::{Class, Classify, TimedOut};
use tonic::Status;

#[cfg(feature = "service-config")]
use crate::classify::PUSHBACK_STOP;
use crate::classify::{
    Asked, Verdict, asked, asked_to_retry, code_name, explain, judge_without_pushback,
};

/// The failure of an attempt: a [`Status`], and whether its method may run twice.
///
/// The policy and the hooks of a [`RetryLayer`](crate::RetryLayer) see it; the caller of the client receives the plain
/// status. A function can return it too: it is made of a `Status` by `?`, classifies itself, and is `From<TimedOut>`, which
/// [`attempt_timeout`](retry_core::Policy::attempt_timeout) and [`deadline`](retry_core::Policy::deadline) need.
///
/// # Examples
///
/// ```
/// use retryable::retryable;
/// use tonic::Status;
///
/// #[retryable(attempt_timeout = "2s", backoff = "none")]
/// async fn user(id: u64) -> Result<String, retry_tonic::Error> {
///     // client.clone().get_user(id).await?
///     # if retryable::attempt().is_some_and(|attempt| attempt.number() == 1) {
///     Err(Status::unavailable("down"))?;
///     # }
///     # Ok(id.to_string())
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # assert_eq!(user(7).await.unwrap(), "7");
/// # });
/// ```
#[derive(Debug)]
pub struct Error {
    status: Status,
    verdict: Verdict,
    asked: Asked,
}

impl Error {
    /// Makes the failure of a call in the layer. `is_repeatable`: its method may run twice, or the request was not sent.
    ///
    /// If the server asked not to retry, the class is that of the code, so that budgets count the failure (A6); the layer
    /// stops for it, under every policy.
    pub(crate) fn of_call(status: Status, is_repeatable: bool) -> Self {
        let asked = asked(&status);
        let mut verdict = judge_without_pushback(&status);
        if let Asked::Retry(after) = asked {
            verdict = asked_to_retry(verdict, after);
        }
        if verdict.class == Class::Transient && !is_repeatable {
            verdict.class = Class::Ambiguous;
        }
        Self {
            status,
            verdict,
            asked,
        }
    }

    /// Makes the error of an attempt that was cut off after this time.
    pub(crate) fn timed_out(after: Duration, is_repeatable: bool) -> Self {
        let timed_out = TimedOut::new(after);
        let mut status = Status::deadline_exceeded(timed_out.to_string());
        status.set_source(Arc::new(timed_out));
        Self::of_call(status, is_repeatable)
    }

    /// Returns the status.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Returns the status, without what this crate knows in addition.
    pub fn into_status(self) -> Status {
        self.status
    }

    /// Returns the class and the rule that decided. In the layer, it is [`Class::Ambiguous`] in place of
    /// [`Class::Transient`] for a method that must not run twice.
    pub fn explain(&self) -> Verdict {
        self.verdict
    }

    /// Whether the server asked not to retry.
    pub(crate) fn asked_to_stop(&self) -> bool {
        self.asked == Asked::Stop
    }

    /// Returns what the server asked for.
    #[cfg(feature = "service-config")]
    pub(crate) fn asked(&self) -> Asked {
        self.asked
    }

    /// Whether the class says that the server asked not to retry. In the layer, it does not.
    #[cfg(feature = "service-config")]
    pub(crate) fn is_stopped(&self) -> bool {
        self.verdict == PUSHBACK_STOP
    }
}

impl Classify for Error {
    fn classify(&self) -> Class {
        self.verdict.class
    }

    fn error_type(&self) -> Option<&str> {
        Some(code_name(self.status.code()))
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self {
            verdict: explain(&status),
            asked: asked(&status),
            status,
        }
    }
}

/// Of the code `DEADLINE_EXCEEDED`, with the `TimedOut` as its source.
impl From<TimedOut> for Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::timed_out(timed_out.after(), true)
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        error.status
    }
}

/// The name of the code and the message of the status. Neither its metadata nor its details.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, message) = (code_name(self.status.code()), self.status.message());
        write!(f, "{code}: {message}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.status.source()
    }
}
