//! Time limits of an annotated function, and the error of an attempt that was cut off.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::driver::CallState;
use crate::measure::Measure;
use crate::policy::{AttemptLimit, Limited, Policy, StaticLimit, TimeLimit};
use crate::timed_out::{FromTimedOut, TimedOut};
use crate::timer::Timer;

/// The time limit of the attempt that begins now.
#[derive(Clone, Copy, Debug)]
pub struct AttemptDeadline<L> {
    limit: L,
    remaining: Option<Duration>,
}

/// A policy's limits for the time of the next attempt.
///
/// A copy, because the policy may be a field of `self`, and the attempt may borrow all of `self` mutably.
/// It is not `Copy` itself, because a future then reuses its space for the attempt.
#[derive(Debug)]
pub struct PolicyLimit<L> {
    limit: L,
    attempt_timeout: Option<Duration>,
    pub(super) max_elapsed: Option<Duration>,
}

/// Writes the setters of `attempt_timeout`, `deadline` and `max_elapsed` as functions: the name of the setter alone
/// could be that of an erased policy too, so a path cannot name it.
macro_rules! setters {
    ($($name:ident -> $limit:ty;)*) => {$(
        #[doc = concat!("What `", stringify!($name), " = …` takes.")]
        pub const fn $name<B, O, L, T>(
            policy: Policy<B, O, L, T>,
            $name: Duration,
        ) -> Policy<B, O, $limit, T>
        where
            B: Copy,
            O: Copy,
            L: StaticLimit,
            T: Copy,
        {
            policy.$name($name)
        }
    )*};
}

setters! {
    attempt_timeout -> TimeLimit;
    deadline -> TimeLimit;
    max_elapsed -> L::Soft;
}

/// Copies the limit of a policy.
pub fn policy_limit<B, O, L: Copy, T>(policy: &Policy<B, O, L, T>) -> PolicyLimit<L> {
    PolicyLimit {
        limit: policy.limit,
        attempt_timeout: policy.settings.attempt_timeout,
        max_elapsed: policy.settings.max_elapsed,
    }
}

/// Combines the limit of the policy with the time that is left until the deadlines. If a deadline has passed, the
/// call gives up, and the attempt has no time, so that it ends before it begins.
pub fn limit<L, M>(
    call: &mut CallState<M>,
    PolicyLimit {
        limit,
        attempt_timeout,
        ..
    }: PolicyLimit<L>,
) -> AttemptDeadline<L>
where
    L: AttemptLimit,
    M: Measure,
{
    let remaining = if !limit.cuts_off() {
        None
    } else if call.give_up_if_past_deadline() {
        Some(Duration::ZERO)
    } else {
        call.attempt_limit(attempt_timeout)
    };
    AttemptDeadline { limit, remaining }
}

/// Makes an attempt under `policy = …`, which may limit it.
pub fn limited<L, C, F>(limit: AttemptDeadline<L>, timer: &C, attempt: F) -> L::Attempt<F>
where
    L: Limited<F::Output, C>,
    C: Timer,
    F: Future,
{
    let AttemptDeadline { limit, remaining } = limit;
    limit.limited(attempt, timer, || remaining)
}

/// Makes an attempt that ends with a [`TimedOut`] if it is cut off. The attribute turns that into the function's
/// error: with `timed_out = …`, or with `From` if the limit is in the attribute.
pub fn limited_to<L, C, F>(
    limit: AttemptDeadline<L>,
    timer: &C,
    attempt: F,
) -> L::Attempt<InTime<F>>
where
    L: Limited<Result<F::Output, TimedOut>, C>,
    C: Timer,
    F: Future,
{
    limited(limit, timer, InTime::new(attempt))
}

/// Calls the closure of `timed_out = …`, which may be written without types: `_` has the return type of the
/// function.
pub fn timed_out<T, E>(
    _: Option<Result<T, E>>,
    timed_out: TimedOut,
    to_error: impl FnOnce(TimedOut) -> E,
) -> Result<T, E> {
    Err(to_error(timed_out))
}

/// The return type of a function with `attempt_timeout` or `deadline`: it has an error for an attempt that is cut
/// off.
#[diagnostic::on_unimplemented(
    message = "a function with `attempt_timeout` or `deadline` must return a `Result`",
    label = "this has no error to return for an attempt that is cut off",
    note = "write `max_elapsed` in place of `deadline`: it cuts nothing off"
)]
pub trait Interruptible {
    /// Returns the error of an attempt that was cut off.
    fn cut_off(timed_out: TimedOut) -> Self;
}

impl<T, E: FromTimedOut> Interruptible for Result<T, E> {
    fn cut_off(timed_out: TimedOut) -> Self {
        Err(timed_out.into())
    }
}

pin_project! {
    /// An attempt whose outcome is `Ok` unless it is cut off.
    #[derive(Debug)]
    pub struct InTime<F> {
        #[pin]
        attempt: F,
    }
}

impl<F> InTime<F> {
    fn new(attempt: F) -> Self {
        Self { attempt }
    }
}

impl<F: Future> Future for InTime<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().attempt.poll(cx).map(Ok)
    }
}
