//! Whether and how the time of one attempt is limited.

use core::error::Error;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::Timer;

/// An attempt was cut short by its [`attempt_timeout`](crate::Policy::attempt_timeout), or by what
/// was left of the deadline.
///
/// # Examples
///
/// ```
/// use retry_core::TimedOut;
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
    /// For an attempt that was given this long.
    pub const fn new(after: Duration) -> Self {
        Self { after }
    }

    /// How long the attempt was given.
    pub const fn after(&self) -> Duration {
        self.after
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the attempt took longer than {:?}", self.after)
    }
}

impl Error for TimedOut {}

/// Attempts take as long as they take: a policy without `attempt_timeout`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unlimited;

/// Attempts are cut short: a policy with `attempt_timeout`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit(Duration);

impl TimeLimit {
    pub(super) const fn new(limit: Duration) -> Self {
        Self(limit)
    }
}

/// How a policy limits attempts: [`Unlimited`] or [`TimeLimit`].
pub trait AttemptLimit {
    /// How long one attempt may take.
    fn limit(&self) -> Option<Duration>;
}

impl AttemptLimit for Unlimited {
    fn limit(&self) -> Option<Duration> {
        None
    }
}

impl AttemptLimit for TimeLimit {
    fn limit(&self) -> Option<Duration> {
        Some(self.0)
    }
}

/// Limits attempts that end with `Out`, by the timer `C`.
pub trait Limited<Out, C: Timer>: AttemptLimit {
    /// The attempt, limited.
    type Attempt<F: Future<Output = Out>>: Future<Output = Out>;

    /// Lets `attempt` take at most as long as `left` says, when it is asked.
    fn limited<F>(
        &self,
        attempt: F,
        timer: &C,
        left: impl FnOnce() -> Duration,
    ) -> Self::Attempt<F>
    where
        F: Future<Output = Out>;
}

impl<Out, C: Timer> Limited<Out, C> for Unlimited {
    type Attempt<F: Future<Output = Out>> = F;

    fn limited<F>(&self, attempt: F, _: &C, _: impl FnOnce() -> Duration) -> F
    where
        F: Future<Output = Out>,
    {
        attempt
    }
}

impl<V, E: From<TimedOut>, C: Timer> Limited<Result<V, E>, C> for TimeLimit {
    type Attempt<F: Future<Output = Result<V, E>>> = Timed<F, C::Sleep>;

    fn limited<F>(
        &self,
        attempt: F,
        timer: &C,
        left: impl FnOnce() -> Duration,
    ) -> Timed<F, C::Sleep>
    where
        F: Future<Output = Result<V, E>>,
    {
        let after = left();
        Timed {
            attempt,
            sleep: timer.sleep(after),
            after,
        }
    }
}

pin_project! {
    /// An attempt that is raced against a timer.
    #[derive(Debug)]
    pub struct Timed<F, S> {
        #[pin]
        attempt: F,
        #[pin]
        sleep: S,
        after: Duration,
    }
}

impl<F, S, V, E> Future for Timed<F, S>
where
    F: Future<Output = Result<V, E>>,
    S: Future<Output = ()>,
    E: From<TimedOut>,
{
    type Output = Result<V, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(outcome) = this.attempt.poll(cx) {
            return Poll::Ready(outcome);
        }
        this.sleep
            .poll(cx)
            .map(|()| Err(TimedOut::new(*this.after).into()))
    }
}
