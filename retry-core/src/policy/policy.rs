//! `Policy`: the settings of a retry, as a value.

use core::time::Duration;

use super::{Name, Nested, Settings, Unlimited};
use crate::backoff::{Backoff, Exponential, Fixed};
use crate::budget::{NoBudget, RetryBudget};
use crate::class::On;
use crate::invalid_policy::InvalidPolicy;

/// The settings of a retry: which failures, how many attempts, which delays and limits. Any number of calls share one.
///
/// | setting | default |
/// |---|---|
/// | [`max_attempts`](Self::max_attempts) | 3, the first included |
/// | backoff | exponential from 100 ms, factor 2.0, cap 20 s, full jitter |
/// | [`on`](Self::on), [`on_error`](Self::on_error) | [`On::Transient`] |
/// | [`attempt_timeout`](Self::attempt_timeout) | none |
/// | [`deadline`](Self::deadline) | none |
/// | [`max_elapsed`](Self::max_elapsed) | none |
/// | [`max_retry_after`](Self::max_retry_after) | 120 s |
/// | [`cut_retry_after`](Self::cut_retry_after) | `false` |
/// | [`budget`](Self::budget) | none |
/// | [`nested`](Self::nested) | [`Nested::Stop`] |
/// | [`name`](Self::name) | `"unnamed"`; in `#[retryable]`, the path of the function |
///
/// Settings that are numbers are `const`, so that nonsense in a `const` does not compile. In a `const` or
/// `static`, constructors set the other parts: [`with_backoff`](Self::with_backoff),
/// [`with_budget`](Self::with_budget) and [`from_parts`](Self::from_parts).
///
/// # Its type
///
/// The type parameters are the shape of backoff, the rule for errors, whether attempts are limited in time, and
/// the budget. A plain `Policy` has the defaults of all four, so a policy with a deadline is not one:
///
/// | a policy with | its type |
/// |---|---|
/// | numbers, `on` | `Policy` |
/// | another shape | `Policy<Linear>` |
/// | `attempt_timeout` or `deadline` | `Policy<Exponential, On, TimeLimit>` |
/// | `max_elapsed` alone | `Policy<Exponential, On, SoftLimit>` |
/// | a budget in a `static` | [`BudgetedPolicy`] |
/// | anything, for calls that fail with `E` | [`DynPolicy<E>`](crate::DynPolicy), made by [`erase`](Self::erase) |
///
/// For a struct field, a parameter or a return type, write `DynPolicy<E>`, or be generic: [`AnyPolicy`](crate::AnyPolicy).
///
/// # Examples
///
/// ```
/// use retryable::Policy;
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
/// assert_eq!(POLICY.schedule(0).count(), 4);
/// ```
///
/// ```
/// use retryable::{Exponential, On, Policy, TimeLimit};
/// use std::time::Duration;
///
/// const SECOND: Duration = Duration::from_secs(1);
/// const POLICY: Policy<Exponential, On, TimeLimit> = Policy::new().deadline(SECOND);
/// # assert_eq!(POLICY.schedule(0).count(), 2);
/// ```
///
/// ```compile_fail
/// const NEVER: retryable::Policy = retryable::Policy::new().max_attempts(0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "a policy does nothing until a call is run under it"]
pub struct Policy<B = Exponential, O = On, L = Unlimited, T = NoBudget> {
    pub(crate) settings: Settings,
    pub(crate) backoff: B,
    pub(crate) on: O,
    pub(crate) limit: L,
    pub(crate) budget: T,
}

impl Policy {
    /// Makes a policy with the defaults.
    pub const fn new() -> Self {
        Self::exponential(Duration::from_millis(100))
    }

    /// Makes a policy whose delays double from `base` up to 20 s, with full jitter.
    pub const fn exponential(base: Duration) -> Self {
        Policy::with_backoff(Exponential::new(base))
    }

    /// Makes a policy that waits `delay` every time, without jitter. To spread many clients, pass a [`Fixed`] with a
    /// [`Jitter`](crate::Jitter) to [`with_backoff`](Self::with_backoff).
    pub const fn fixed(delay: Duration) -> Policy<Fixed> {
        Policy::with_backoff(Fixed::new(delay))
    }

    /// Makes a policy of any shape of backoff, with the defaults of everything else.
    pub const fn with_backoff<B: Backoff>(backoff: B) -> Policy<B> {
        Policy::from_parts(backoff, On::Transient, NoBudget)
    }

    /// Makes a policy with a [`budget`](Self::budget), and the defaults of everything else: for a `static`.
    ///
    /// A `const` cannot refer to a `static` that changes, such as a [`Budget`](crate::Budget).
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Budget, BudgetedPolicy, Policy};
    ///
    /// static PAYMENTS: Budget = Budget::new(0.1);
    /// static POLICY: BudgetedPolicy = Policy::with_budget(&PAYMENTS).max_attempts(5);
    /// # assert_eq!(POLICY.schedule(0).count(), 4);
    /// ```
    pub const fn with_budget<T: RetryBudget>(budget: T) -> Policy<Exponential, On, Unlimited, T> {
        let backoff = Exponential::new(Duration::from_millis(100));
        Policy::from_parts(backoff, On::Transient, budget)
    }

    /// Makes a policy of a shape of backoff, a rule for errors (an [`On`] or a classifier) and a budget, all
    /// of them in a `const` or `static`. [`NoBudget`] stands for no budget.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Budget, BudgetedPolicy, Linear, On, Policy};
    /// use std::time::Duration;
    ///
    /// const SHAPE: Linear = Linear::new(Duration::from_millis(200));
    /// static PAYMENTS: Budget = Budget::new(0.1);
    /// static POLICY: BudgetedPolicy<Linear> = Policy::from_parts(SHAPE, On::Refused, &PAYMENTS);
    /// # assert_eq!(POLICY.schedule(0).count(), 2);
    /// ```
    pub const fn from_parts<B, O, T>(backoff: B, rule: O, budget: T) -> Policy<B, O, Unlimited, T>
    where
        B: Backoff,
        T: RetryBudget,
    {
        Policy {
            settings: Settings::DEFAULT,
            backoff,
            on: rule,
            limit: Unlimited,
            budget,
        }
    }
}

/// A policy whose calls share a budget that is a `static`. See [`Policy::with_budget`].
#[cfg(target_has_atomic = "32")]
pub type BudgetedPolicy<B = Exponential> = Policy<B, On, Unlimited, &'static crate::Budget>;

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

impl<B, O, L, T> Policy<B, O, L, T> {
    /// Sets what events, logs and metrics call the calls of this policy. Default: `"unnamed"`, also for an empty
    /// name.
    ///
    /// `#[retryable]` sets the path of the function, with the type of a method. With `#[retryable(policy = …)]`, that
    /// path counts, and not the name of the policy.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{NoDelay, Policy, transient};
    ///
    /// const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).name("fetch user");
    ///
    /// let outcome = POLICY
    ///     .blocking(|| Err::<(), _>(transient("busy")))
    ///     .on_give_up(|event| assert_eq!(event.name, "fetch user"))
    ///     .call();
    /// assert!(outcome.is_err());
    /// ```
    pub const fn name(mut self, name: &'static str) -> Self {
        self.settings.name = Name::new(name);
        self
    }

    /// Sets the name, if the policy has none: for adapters that know what a call is.
    #[doc(hidden)]
    pub fn name_by_default(self, name: &'static str) -> Self {
        if self.settings.name == Name::UNNAMED {
            self.name(name)
        } else {
            self
        }
    }

    /// Calls in all, the first included. Default: 3.
    ///
    /// # Panics
    ///
    /// If `max` is 0. In a `const`, this is a compile error.
    #[track_caller]
    pub const fn max_attempts(mut self, max: u32) -> Self {
        self.settings.max_attempts = crate::invalid_policy::valid(check_max_attempts(max));
        self
    }

    /// Sets the maximum number of attempts, for a value from configuration.
    ///
    /// # Errors
    ///
    /// If `max` is 0.
    pub fn try_max_attempts(mut self, max: u32) -> Result<Self, InvalidPolicy> {
        self.settings.max_attempts = check_max_attempts(max)?;
        Ok(self)
    }

    /// Sets the number of attempts after the first: `max_retries(n)` is `max_attempts(n + 1)`.
    pub const fn max_retries(mut self, max: u32) -> Self {
        self.settings.max_attempts = max.saturating_add(1);
        self
    }

    /// Sets the longest wait that a server may ask for. Default: 120 s.
    ///
    /// A longer one is not shortened, because retrying sooner would only be refused again: the call gives up with
    /// [`GiveUp::HintTooLong`](crate::GiveUp::HintTooLong). With zero, every longer hint ends the call. To shorten it
    /// all the same, set [`cut_retry_after`](Self::cut_retry_after).
    pub const fn max_retry_after(mut self, longest: Duration) -> Self {
        self.settings.max_retry_after = longest;
        self
    }

    /// Sets whether a wait that a server asks for is cut to [`max_retry_after`](Self::max_retry_after), instead of
    /// ending the call. Default: `false`.
    ///
    /// The server has asked for more, so the retry may only be refused again. For servers whose hints are known to be
    /// far too long.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Policy, VirtualTimer, throttled};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::fixed(Duration::from_secs(1))
    ///     .max_attempts(2)
    ///     .max_retry_after(Duration::from_secs(10))
    ///     .cut_retry_after(true);
    /// let (_, report) = policy
    ///     .blocking_with(VirtualTimer::new(), || Err::<(), _>(throttled("busy", Duration::from_secs(3600))))
    ///     .report();
    /// assert_eq!((report.attempts, report.slept), (2, Duration::from_secs(10)));
    /// ```
    pub const fn cut_retry_after(mut self, cut: bool) -> Self {
        self.settings.cut_retry_after = cut;
        self
    }

    /// Sets what happens if a retry nested in an attempt gave up, and the attempt fails too. Default:
    /// [`Nested::Stop`].
    pub const fn nested(mut self, nested: Nested) -> Self {
        self.settings.nested = nested;
        self
    }

    /// Sets the seed of the jitter, which is then the same in every call: for tests, and for targets without entropy.
    /// Default: a seed from the thread's generator.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }
}

const fn check_max_attempts(max: u32) -> Result<u32, InvalidPolicy> {
    if max == 0 {
        return Err(InvalidPolicy::MaxAttempts);
    }
    Ok(max)
}
