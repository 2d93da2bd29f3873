//! A policy that one can name and store.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use super::erased::Erase;
use super::{Erased, ErasedLimit, Policy, StaticLimit};
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::classify::{Rule, Verdict};
use crate::timed_out::{FromTimedOut, TimedOut};

/// A policy of any parts for calls that fail with `E`: for struct fields, and for settings that are known only at
/// run time. Made by [`Policy::erase`], or by `into()`.
///
/// It is `Send`, `Sync` and cheap to clone, and it is a [`Policy`]: [`run`](Policy::run),
/// [`blocking`](Policy::blocking), [`start`](Policy::start) and `policy = self.policy` take it, and it has every setter, in any order.
/// Each part costs a virtual call per decision.
///
/// Two of them are equal if their settings are, and one is a clone of the other.
///
/// # Examples
///
/// ```
/// use retryable::{Budget, Classified, DynPolicy, Policy, TimedOut};
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// #[derive(Debug, PartialEq)]
/// enum Error {
///     Busy,
///     Slow,
/// }
///
/// impl From<TimedOut> for Error {
///     fn from(_: TimedOut) -> Self {
///         Error::Slow
///     }
/// }
///
/// struct Api {
///     policy: DynPolicy<Error>,
/// }
///
/// fn api(budget: Arc<Budget>, timeout: Option<Duration>) -> Api {
///     let policy = Policy::new()
///         .budget(budget)
///         .on_error(|error: &Error| *error == Error::Busy)
///         .erase()
///         .maybe_attempt_timeout(timeout);
///     Api { policy }
/// }
///
/// let api = api(Arc::new(Budget::new(0.1)), None);
/// let policy = api.policy.clone().max_attempts(5);
/// assert_eq!(policy.schedule(0).count(), 4);
/// ```
pub type DynPolicy<E> = Policy<
    Erased<Arc<dyn Backoff + Send + Sync>>,
    Erased<Arc<dyn Rule<E> + Send + Sync>>,
    ErasedLimit<E>,
    Erased<Arc<dyn RetryBudget + Send + Sync>>,
>;

impl<B, O, L, T> Policy<B, O, L, T> {
    /// Makes a [`DynPolicy`] of this policy, whose type has no parameter but the error.
    ///
    /// A policy with an [`attempt_timeout`](Policy::attempt_timeout) or a [`deadline`](Policy::deadline) needs
    /// `E: From<TimedOut>`.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Classified, DynPolicy, NoDelay, Policy, transient};
    ///
    /// let policy: DynPolicy<Classified<&str>> = Policy::with_backoff(NoDelay).erase();
    /// let outcome = policy.run_blocking(|| Err::<(), _>(transient("down")));
    /// assert!(outcome.is_err());
    /// ```
    pub fn erase<E, Via>(self) -> DynPolicy<E>
    where
        B: Backoff + Send + Sync + 'static,
        O: Rule<E, Via> + Send + Sync + 'static,
        L: Erase<E>,
        T: RetryBudget + Send + Sync + 'static,
        Via: ?Sized + 'static,
    {
        Policy {
            settings: self.settings,
            backoff: Erased(Arc::new(self.backoff)),
            on: Erased(Arc::new(ByVia {
                rule: self.on,
                via: PhantomData::<fn(&Via)>,
            })),
            limit: self.limit.erase(),
            budget: Erased(Arc::new(self.budget)),
        }
    }
}

/// Like [`Policy::erase`]. If only a marker of yours classifies `E`, use that.
impl<B, O, L, T, E> From<Policy<B, O, L, T>> for DynPolicy<E>
where
    B: Backoff + Send + Sync + 'static,
    O: Rule<E> + Send + Sync + 'static,
    L: StaticLimit + Erase<E>,
    T: RetryBudget + Send + Sync + 'static,
{
    fn from(policy: Policy<B, O, L, T>) -> Self {
        policy.erase()
    }
}

/// The limits of time of an erased policy. They do not change its type, so setters may come in any order.
impl<B, O, T, E> Policy<B, O, ErasedLimit<E>, T> {
    /// Limits the time of one attempt, as the setter of every other policy does.
    pub fn attempt_timeout(self, limit: Duration) -> Self
    where
        E: FromTimedOut,
    {
        self.maybe_attempt_timeout(Some(limit))
    }

    /// Limits the time of the whole call, as the setter of every other policy does.
    pub fn deadline(self, deadline: Duration) -> Self
    where
        E: FromTimedOut,
    {
        self.maybe_deadline(Some(deadline))
    }

    /// Lets no attempt and no wait begin after `max_elapsed`, as the setter of every other policy does.
    pub fn max_elapsed(self, max_elapsed: Duration) -> Self {
        self.maybe_max_elapsed(Some(max_elapsed))
    }

    /// Like [`Policy::attempt_timeout`], for a limit that may be absent.
    pub fn maybe_attempt_timeout(mut self, limit: Option<Duration>) -> Self
    where
        E: FromTimedOut,
    {
        self.settings.attempt_timeout = limit;
        self.limit_time()
    }

    /// Like [`Policy::deadline`], for a limit that may be absent.
    pub fn maybe_deadline(mut self, deadline: Option<Duration>) -> Self
    where
        E: FromTimedOut,
    {
        self.settings.deadline = deadline;
        self.limit_time()
    }

    /// Like [`Policy::max_elapsed`], for a limit that may be absent.
    pub fn maybe_max_elapsed(mut self, max_elapsed: Option<Duration>) -> Self {
        self.settings.max_elapsed = max_elapsed;
        self
    }

    fn limit_time(mut self) -> Self
    where
        E: FromTimedOut,
    {
        let cuts_off = self.settings.attempt_timeout.or(self.settings.deadline);
        let timed_out: fn(TimedOut) -> E = E::from;
        self.limit.timed_out = cuts_off.map(|_| timed_out);
        self
    }
}

/// A rule that uses `Classify<Via>`, in a type without the marker.
struct ByVia<O, Via: ?Sized> {
    rule: O,
    via: PhantomData<fn(&Via)>,
}

impl<E, O, Via> Rule<E> for ByVia<O, Via>
where
    E: ?Sized,
    O: Rule<E, Via>,
    Via: ?Sized,
{
    fn judge(&self, error: Option<&E>) -> Verdict {
        self.rule.judge(error)
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        self.rule.error_type(error)
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.summarize(f)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.describe(f)
    }
}
