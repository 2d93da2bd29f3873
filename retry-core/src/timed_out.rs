//! `TimedOut`: the error of an attempt that was cut off.

use core::error::Error;
use core::fmt;
use core::time::Duration;

/// The error of an attempt that was cut off by its [`attempt_timeout`](crate::Policy::attempt_timeout) or by the
/// [`deadline`](crate::Policy::deadline) of the call.
///
/// # Examples
///
/// ```
/// use retryable::TimedOut;
/// use std::time::Duration;
///
/// #[derive(Debug)]
/// enum ApiError {
///     Slow(Duration),
/// }
///
/// impl From<TimedOut> for ApiError {
///     fn from(timed_out: TimedOut) -> Self {
///         ApiError::Slow(timed_out.after())
///     }
/// }
/// # let ApiError::Slow(_) = TimedOut::new(Duration::ZERO).into();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimedOut {
    after: Duration,
}

impl TimedOut {
    /// Makes the error of an attempt with this limit.
    pub const fn new(after: Duration) -> Self {
        Self { after }
    }

    /// Returns the limit of the attempt. Zero if the deadline had passed before it began.
    pub const fn after(&self) -> Duration {
        self.after
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.after.is_zero() {
            return f.write_str("no time was left for the attempt");
        }
        write!(f, "the attempt took longer than {:?}", self.after)
    }
}

impl Error for TimedOut {}

/// Of kind [`TimedOut`](std::io::ErrorKind::TimedOut), with the `TimedOut` of this crate inside.
#[cfg(feature = "std")]
impl From<TimedOut> for std::io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, timed_out)
    }
}

/// `From<TimedOut>`. Implemented for every type that has it; a separate trait, for the compiler's message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value for an attempt that was cut off",
    label = "with `attempt_timeout` or `deadline`, this error type must be `From<TimedOut>`",
    note = "in `#[retryable]`, write `timed_out = |timed_out| …`, which makes an error of it",
    note = "or write `max_elapsed` in place of `deadline`: it cuts nothing off, so every error type can have it",
    note = "or, if the type is yours, write `impl From<TimedOut> for {Self}`",
    note = "for `reqwest::Error`: set the timeout of the client, or return `retryable::http::Error`"
)]
pub trait FromTimedOut: From<TimedOut> {}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> FromTimedOut for E {}
