//! How a policy limits the time of a call and of its attempts.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::timed_out::{FromTimedOut, TimedOut};
use crate::timer::Timer;

/// No time limit: a policy with none of `attempt_timeout`, `deadline` and `max_elapsed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unlimited;

/// A time limit that cuts nothing off: a policy with `max_elapsed` alone.
///
/// Its type is `Policy<Exponential, On, SoftLimit>`. A [`DynPolicy`](crate::DynPolicy) needs no such name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoftLimit;

/// A time limit that cuts attempts off: a policy with `attempt_timeout` or `deadline`.
///
/// Its type is `Policy<Exponential, On, TimeLimit>`. A [`DynPolicy`](crate::DynPolicy) needs no such name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeLimit;

/// The kind of a policy's time limit: [`Unlimited`], [`SoftLimit`] or [`TimeLimit`].
///
/// The durations are values of the policy. The type decides what a call has to store, and whether it needs an error
/// for an attempt that is cut off.
pub trait AttemptLimit: Copy + sealed::Sealed {
    /// Whether attempts are cut off.
    const CUTS_OFF: bool = false;

    /// Returns whether attempts of this policy are cut off: `CUTS_OFF`, unless only the value knows.
    fn cuts_off(&self) -> bool {
        Self::CUTS_OFF
    }

    /// Whether a failure is kept during the wait after it, so that the call can end with it if the wait
    /// ends too late. Without a limit, no error is kept.
    const KEEPS: bool = true;
}

mod sealed {
    use crate::measure::{Measure, Stopwatch, Untimed};
    use crate::timer::Clock;

    /// No other crate can name this trait, so the limits are those of this folder, and may change.
    pub trait Sealed {
        /// What measures a call without hooks: nothing if there is no limit, so that the future of the call is smaller.
        type Measure<C: Clock>: Measure<Clock = C>;

        /// Returns the measure of a call that has not begun.
        fn measure<C: Clock>(clock: C) -> Self::Measure<C>;
    }

    impl Sealed for super::Unlimited {
        type Measure<C: Clock> = Untimed<C>;

        fn measure<C: Clock>(clock: C) -> Untimed<C> {
            Untimed::new(clock)
        }
    }

    impl Sealed for super::SoftLimit {
        type Measure<C: Clock> = Stopwatch<C>;

        fn measure<C: Clock>(clock: C) -> Stopwatch<C> {
            Stopwatch::new(clock)
        }
    }

    impl Sealed for super::TimeLimit {
        type Measure<C: Clock> = Stopwatch<C>;

        fn measure<C: Clock>(clock: C) -> Stopwatch<C> {
            Stopwatch::new(clock)
        }
    }

    impl<E> Sealed for crate::policy::ErasedLimit<E> {
        type Measure<C: Clock> = Stopwatch<C>;

        fn measure<C: Clock>(clock: C) -> Stopwatch<C> {
            Stopwatch::new(clock)
        }
    }
}

impl AttemptLimit for Unlimited {
    const KEEPS: bool = false;
}

impl AttemptLimit for SoftLimit {}

impl AttemptLimit for TimeLimit {
    const CUTS_OFF: bool = true;
}

/// A limit that the type of a policy shows: every limit but that of an [erased](super::Policy::erase) policy.
///
/// The two kinds have setters of the same names, which this trait keeps apart.
pub trait StaticLimit: AttemptLimit {
    /// The limit of the same policy with `max_elapsed`.
    type Soft: StaticLimit;

    /// Its value.
    const SOFT: Self::Soft;
}

impl StaticLimit for Unlimited {
    type Soft = SoftLimit;

    const SOFT: SoftLimit = SoftLimit;
}

impl StaticLimit for SoftLimit {
    type Soft = Self;

    const SOFT: Self = Self;
}

impl StaticLimit for TimeLimit {
    type Soft = Self;

    const SOFT: Self = Self;
}

/// A limit that blocking calls can keep: [`Unlimited`] or [`SoftLimit`].
#[diagnostic::on_unimplemented(
    message = "a blocking call cannot be cut off, so its policy can have neither `attempt_timeout` nor `deadline`",
    label = "the policy of this blocking call cuts attempts off",
    note = "write `max_elapsed`: no attempt begins after it, and the current one may end"
)]
pub trait BlockingLimit: AttemptLimit {}

impl BlockingLimit for Unlimited {}

impl BlockingLimit for SoftLimit {}

/// A limit for attempts that end with `Out`, with the timer `C`.
pub trait Limited<Out, C: Timer>: AttemptLimit {
    /// The limited attempt.
    type Attempt<F: Future<Output = Out>>: Future<Output = Out>;

    /// The outcome that is kept during the wait after it: `()` without a limit, so that the future of the call is no
    /// larger.
    type Kept;

    /// Limits `attempt` to the time that `remaining` returns. No timer runs if that is `None`.
    fn limited<F>(
        &self,
        attempt: F,
        timer: &C,
        remaining: impl FnOnce() -> Option<Duration>,
    ) -> Self::Attempt<F>
    where
        F: Future<Output = Out>;

    /// Returns the outcome of a call that is too late before its first attempt; `None` if the attempt may begin.
    fn too_late(&self, give_up_if_late: impl FnOnce() -> bool) -> Option<Out>;

    /// Keeps the outcome for the wait after it.
    fn keep(&self, outcome: Out) -> Self::Kept;

    /// Returns the outcome, if it was kept.
    fn kept(kept: Self::Kept) -> Option<Out>;
}

impl<Out, C: Timer> Limited<Out, C> for Unlimited {
    type Attempt<F: Future<Output = Out>> = F;
    type Kept = ();

    fn limited<F>(&self, attempt: F, _: &C, _: impl FnOnce() -> Option<Duration>) -> F
    where
        F: Future<Output = Out>,
    {
        attempt
    }

    fn too_late(&self, _: impl FnOnce() -> bool) -> Option<Out> {
        None
    }

    fn keep(&self, _: Out) {}

    fn kept((): ()) -> Option<Out> {
        None
    }
}

impl<Out, C: Timer> Limited<Out, C> for SoftLimit {
    type Attempt<F: Future<Output = Out>> = F;
    type Kept = Out;

    fn limited<F>(&self, attempt: F, _: &C, _: impl FnOnce() -> Option<Duration>) -> F
    where
        F: Future<Output = Out>,
    {
        attempt
    }

    fn too_late(&self, _: impl FnOnce() -> bool) -> Option<Out> {
        None
    }

    fn keep(&self, outcome: Out) -> Out {
        outcome
    }

    fn kept(kept: Out) -> Option<Out> {
        Some(kept)
    }
}

impl<V, E: FromTimedOut, C: Timer> Limited<Result<V, E>, C> for TimeLimit {
    type Attempt<F: Future<Output = Result<V, E>>> = Timed<F, C::Sleep>;
    type Kept = Result<V, E>;

    fn limited<F>(
        &self,
        attempt: F,
        timer: &C,
        remaining: impl FnOnce() -> Option<Duration>,
    ) -> Timed<F, C::Sleep>
    where
        F: Future<Output = Result<V, E>>,
    {
        let after = remaining();
        Timed {
            attempt,
            sleep: after.map(|after| timer.sleep(after)),
            after: after.unwrap_or(Duration::MAX),
        }
    }

    fn too_late(&self, give_up_if_late: impl FnOnce() -> bool) -> Option<Result<V, E>> {
        give_up_if_late().then(|| Err(TimedOut::new(Duration::ZERO).into()))
    }

    fn keep(&self, outcome: Result<V, E>) -> Result<V, E> {
        outcome
    }

    fn kept(kept: Result<V, E>) -> Option<Result<V, E>> {
        Some(kept)
    }
}

/// Polls a timer even if the attempt has used up the task's cooperative budget. tokio's timer is then never ready,
/// so an attempt that uses up the budget in each poll would never be cut off.
fn poll_in_any_case<S: Future<Output = ()>>(sleep: Pin<&mut S>, cx: &mut Context<'_>) -> Poll<()> {
    #[cfg(feature = "tokio")]
    let sleep = core::pin::pin!(tokio::task::unconstrained(sleep));
    sleep.poll(cx)
}

pin_project! {
    /// An attempt that is raced against a timer.
    #[derive(Debug)]
    pub struct Timed<F, S> {
        #[pin]
        attempt: F,
        #[pin]
        sleep: Option<S>,
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
        let timed_out = || Err(TimedOut::new(*this.after).into());
        poll_race(*this.after, this.attempt, this.sleep.as_pin_mut(), cx)
            .map(|ended| ended.unwrap_or_else(timed_out))
    }
}

/// Polls an attempt, then its timer. Returns `None` if the attempt was cut off.
pub(super) fn poll_race<F: Future, S: Future<Output = ()>>(
    after: Duration,
    attempt: Pin<&mut F>,
    sleep: Option<Pin<&mut S>>,
    cx: &mut Context<'_>,
) -> Poll<Option<F::Output>> {
    // Without any time, the attempt does not begin.
    if after.is_zero() {
        return Poll::Ready(None);
    }
    if let Poll::Ready(outcome) = attempt.poll(cx) {
        return Poll::Ready(Some(outcome));
    }
    match sleep {
        Some(sleep) => poll_in_any_case(sleep, cx).map(|()| None),
        None => Poll::Pending,
    }
}
