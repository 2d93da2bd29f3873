//! Policies whose parts are trait objects.

use core::fmt;
use core::future::Future;
use core::ops::Deref;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::attempt_limit::poll_race;
use super::sealed::Sealed;
use super::{AttemptLimit, BlockingLimit, Limited, Part, Policy, SoftLimit, TimeLimit, Unlimited};
use crate::backoff::{Backoff, Step};
use crate::budget::RetryBudget;
use crate::class::Class;
use crate::classify::{Rule, Verdict};
use crate::timed_out::{FromTimedOut, TimedOut};
use crate::timer::{Clock, Timer};

/// Any policy for calls that fail with `E`, as a trait object or as a bound: every [`Policy`] whose parts can be
/// shared between threads, a [`DynPolicy`](crate::DynPolicy), and references, boxes and `Arc`s of them.
///
/// A policy with an [`attempt_timeout`](Policy::attempt_timeout) or a [`deadline`](Policy::deadline) needs
/// `E: From<TimedOut>`. If only a marker of yours classifies `E`, erase the policy: [`Policy::erase`].
///
/// # Examples
///
/// ```
/// use retryable::{AnyPolicy, Classified, NoDelay, Policy, transient};
///
/// type Error = Classified<&'static str>;
///
/// struct Api<P> {
///     policy: P,
/// }
///
/// impl<P: AnyPolicy<Error>> Api<P> {
///     fn fetch(&self) -> Result<u32, Error> {
///         self.policy.view().run_blocking(|| Err(transient("down")))
///     }
/// }
///
/// let api = Api { policy: Policy::with_backoff(NoDelay).max_attempts(2) };
/// assert!(api.fetch().is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for calls that fail with `{E}`",
    note = "it takes a `Policy`, whose parts are `Send` and `Sync` and whose classifier takes a `&{E}`, or a reference to one"
)]
pub trait AnyPolicy<E>: Sealed {
    /// Returns the policy with its parts behind references: every call of a policy can be made under it.
    fn view(&self) -> PolicyView<'_, E>;
}

/// A policy that borrows its parts. See [`AnyPolicy::view`].
pub type PolicyView<'p, E> = Policy<
    Erased<Part<'p, dyn Backoff + Send + Sync + 'p>>,
    Erased<Part<'p, dyn Rule<E> + Send + Sync + 'p>>,
    ErasedLimit<E>,
    Erased<Part<'p, dyn RetryBudget + Send + Sync + 'p>>,
>;

impl<B, O, L, T, E> AnyPolicy<E> for Policy<B, O, L, T>
where
    B: Backoff + Send + Sync,
    O: Rule<E> + Send + Sync,
    L: Erase<E>,
    T: RetryBudget + Send + Sync,
{
    fn view(&self) -> PolicyView<'_, E> {
        Policy {
            settings: self.settings,
            backoff: Erased(Part::Borrowed(&self.backoff)),
            on: Erased(Part::Borrowed(&self.on)),
            limit: self.limit.erase(),
            budget: Erased(Part::Borrowed(&self.budget)),
        }
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<P: AnyPolicy<E> + ?Sized, E> AnyPolicy<E> for $pointer {
            fn view(&self) -> PolicyView<'_, E> {
                (**self).view()
            }
        }
    )*};
}

forward!(&P);
#[cfg(feature = "alloc")]
forward!(alloc::boxed::Box<P>, alloc::sync::Arc<P>);

/// A part of a policy behind a pointer to a trait object. Equal only if it is the same part.
#[derive(Clone)]
pub struct Erased<P>(pub(super) P);

impl<P: Deref> PartialEq for Erased<P> {
    fn eq(&self, other: &Self) -> bool {
        // Without the metadata: one type may have several vtables.
        core::ptr::addr_eq(&raw const *self.0, &raw const *other.0)
    }
}

impl<P> fmt::Debug for Erased<P>
where
    P: Deref<Target: fmt::Debug>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E> fmt::Debug for dyn Rule<E> + Send + Sync + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f)
    }
}

impl<P> Backoff for Erased<P>
where
    P: Deref<Target: Backoff>,
{
    fn delay(&self, step: &Step) -> Option<Duration> {
        self.0.delay(step)
    }

    fn spreads_hints(&self) -> bool {
        self.0.spreads_hints()
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        self.0.longest_delay(step)
    }

    #[cfg(feature = "overrides")]
    fn built_in(&self) -> Option<crate::config::Shape> {
        self.0.built_in()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

impl<P, E: ?Sized> Rule<E> for Erased<P>
where
    P: Deref<Target: Rule<E>>,
{
    fn judge(&self, error: Option<&E>) -> Verdict {
        self.0.judge(error)
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        self.0.error_type(error)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

impl<P> RetryBudget for Erased<P>
where
    P: Deref<Target: RetryBudget>,
{
    fn call(&self, clock: &dyn Clock) {
        self.0.call(clock);
    }

    fn succeeded(&self, retried: Option<Class>, clock: &dyn Clock) {
        self.0.succeeded(retried, clock);
    }

    fn failed(&self, class: Class, clock: &dyn Clock) {
        self.0.failed(class, clock);
    }

    fn withdraw(&self, step: &Step, clock: &dyn Clock) -> bool {
        self.0.withdraw(step, clock)
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.summarize(f)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

/// The time limit of an erased policy: known when the call is made.
///
/// A blocking call cannot be cut off. Under such a policy, its attempts run to their end, and none begins after the
/// deadline.
pub struct ErasedLimit<E> {
    /// `Some`: attempts are cut off, and this makes their error.
    pub(super) timed_out: Option<fn(TimedOut) -> E>,
}

impl<E> ErasedLimit<E> {
    pub(super) const NONE: Self = Self { timed_out: None };
}

impl<E> Clone for ErasedLimit<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for ErasedLimit<E> {}

impl<E> PartialEq for ErasedLimit<E> {
    fn eq(&self, other: &Self) -> bool {
        self.timed_out.is_some() == other.timed_out.is_some()
    }
}

impl<E> fmt::Debug for ErasedLimit<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.timed_out.is_some() {
            "TimeLimit"
        } else {
            "SoftLimit"
        })
    }
}

/// A limit that can be erased for calls that fail with `E`.
#[diagnostic::on_unimplemented(
    message = "a policy with the limit `{Self}` cannot be used for calls that fail with `{E}`",
    note = "with `attempt_timeout` or `deadline`, the error type must be `From<TimedOut>`",
    note = "a `DynPolicy<E>` is for calls that fail with `E` alone"
)]
pub trait Erase<E>: AttemptLimit {
    /// Erases the limit.
    fn erase(self) -> ErasedLimit<E>;
}

impl<E> Erase<E> for Unlimited {
    fn erase(self) -> ErasedLimit<E> {
        ErasedLimit::NONE
    }
}

impl<E> Erase<E> for SoftLimit {
    fn erase(self) -> ErasedLimit<E> {
        ErasedLimit::NONE
    }
}

impl<E: FromTimedOut> Erase<E> for TimeLimit {
    fn erase(self) -> ErasedLimit<E> {
        ErasedLimit {
            timed_out: Some(E::from),
        }
    }
}

impl<E> Erase<E> for ErasedLimit<E> {
    fn erase(self) -> Self {
        self
    }
}

impl<E> AttemptLimit for ErasedLimit<E> {
    const CUTS_OFF: bool = true;

    fn cuts_off(&self) -> bool {
        self.timed_out.is_some()
    }
}

impl<E> BlockingLimit for ErasedLimit<E> {}

impl<V, E, C: Timer> Limited<Result<V, E>, C> for ErasedLimit<E> {
    type Attempt<F: Future<Output = Result<V, E>>> = MaybeTimed<F, C::Sleep, E>;
    type Kept = Result<V, E>;

    fn limited<F>(
        &self,
        attempt: F,
        timer: &C,
        remaining: impl FnOnce() -> Option<Duration>,
    ) -> MaybeTimed<F, C::Sleep, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let after = self.timed_out.and_then(|_| remaining());
        MaybeTimed {
            attempt,
            sleep: after.map(|after| timer.sleep(after)),
            after: after.unwrap_or(Duration::MAX),
            timed_out: self.timed_out,
        }
    }

    fn too_late(&self, give_up_if_late: impl FnOnce() -> bool) -> Option<Result<V, E>> {
        let timed_out = self.timed_out?;
        give_up_if_late().then(|| Err(timed_out(TimedOut::new(Duration::ZERO))))
    }

    fn keep(&self, outcome: Result<V, E>) -> Result<V, E> {
        outcome
    }

    fn kept(kept: Result<V, E>) -> Option<Result<V, E>> {
        Some(kept)
    }
}

pin_project! {
    /// An attempt of an erased policy, which may be raced against a timer.
    #[derive(Debug)]
    pub struct MaybeTimed<F, S, E> {
        #[pin]
        attempt: F,
        #[pin]
        sleep: Option<S>,
        after: Duration,
        timed_out: Option<fn(TimedOut) -> E>,
    }
}

impl<F, S, V, E> Future for MaybeTimed<F, S, E>
where
    F: Future<Output = Result<V, E>>,
    S: Future<Output = ()>,
{
    type Output = Result<V, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(timed_out) = *this.timed_out else {
            return this.attempt.poll(cx);
        };
        poll_race(*this.after, this.attempt, this.sleep.as_pin_mut(), cx)
            .map(|ended| ended.unwrap_or_else(|| Err(timed_out(TimedOut::new(*this.after)))))
    }
}
