//! `Policy`: the settings of a retry, as a value.

use core::time::Duration;

use super::{Nested, Schedule, Settings, TimeLimit, Unlimited};
use crate::{Backoff, Exponential, Fixed, InvalidPolicy, NoThrottle, On, Throttle};

/// What is retried, how often, and how long to wait: a value that any number of calls share.
///
/// | setting | default |
/// |---|---|
/// | [`max_attempts`](Self::max_attempts) | 3 calls in all, the first included |
/// | backoff | exponential from 100 ms, factor 2.0, cap 20 s, full jitter |
/// | [`on`](Self::on) | [`On::Transient`] |
/// | [`attempt_timeout`](Self::attempt_timeout) | none |
/// | [`deadline`](Self::deadline) | none |
/// | [`max_retry_after`](Self::max_retry_after) | 120 s |
/// | [`budget`](Self::budget) | none |
/// | [`nested`](Self::nested) | [`Nested::Stop`] |
///
/// Settings are `const`, so that nonsense in a `const` does not compile. The type parameters are the
/// shape of backoff, the rule for errors, whether attempts are limited in time, and the budget; a plain
/// `Policy` has the defaults of all four.
///
/// # Examples
///
/// ```
/// use retry_core::Policy;
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
/// assert_eq!(POLICY.schedule(0).count(), 4);
/// ```
///
/// ```compile_fail
/// const NEVER: retry_core::Policy = retry_core::Policy::new().max_attempts(0);
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a policy does nothing until a call is run under it"]
pub struct Policy<B = Exponential, O = On, L = Unlimited, T = NoThrottle> {
    pub(crate) settings: Settings,
    pub(crate) backoff: B,
    pub(crate) on: O,
    pub(crate) limit: L,
    pub(crate) throttle: T,
}

impl Policy {
    /// The defaults.
    pub const fn new() -> Self {
        Self::exponential(Duration::from_millis(100))
    }

    /// Delays that double from `base` up to 20 s, with full jitter.
    pub const fn exponential(base: Duration) -> Self {
        Policy::with_backoff(Exponential::new(base))
    }

    /// The same delay every time, with full jitter: waits lie anywhere in `0..=delay`. For exact
    /// ones, give [`with_backoff`](Self::with_backoff) a shape with
    /// [`Jitter::None`](crate::Jitter::None).
    pub const fn fixed(delay: Duration) -> Policy<Fixed> {
        Policy::with_backoff(Fixed::new(delay))
    }

    /// Any shape of backoff, with the defaults of everything else.
    pub const fn with_backoff<B: Backoff>(backoff: B) -> Policy<B> {
        Policy {
            settings: Settings::DEFAULT,
            backoff,
            on: On::Transient,
            limit: Unlimited,
            throttle: NoThrottle,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

impl<B, O, L, T> Policy<B, O, L, T> {
    /// Calls in all, the first included. Default: 3.
    ///
    /// # Panics
    ///
    /// When `max` is 0: in a `const`, that is a compile error.
    #[track_caller]
    pub const fn max_attempts(mut self, max: u32) -> Self {
        self.settings.max_attempts = super::valid(check_max_attempts(max));
        self
    }

    /// Calls in all, for a value from configuration.
    ///
    /// # Errors
    ///
    /// When `max` is 0.
    pub fn try_max_attempts(mut self, max: u32) -> Result<Self, InvalidPolicy> {
        self.settings.max_attempts = check_max_attempts(max)?;
        Ok(self)
    }

    /// Calls after the first: `max_retries(n)` is `max_attempts(n + 1)`.
    pub const fn max_retries(mut self, max: u32) -> Self {
        self.settings.max_attempts = max.saturating_add(1);
        self
    }

    /// How long the whole call may take, waits included. Default: no limit.
    ///
    /// A wait that would reach the deadline is not begun: the call gives up at once, with
    /// [`GiveUp::Deadline`](crate::GiveUp::Deadline). An attempt that is under way is cut short only
    /// where there is an [`attempt_timeout`](Self::attempt_timeout) too.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// The longest wait that a server may ask for. Default: 120 s. A longer one is not shortened, as
    /// coming back early earns another refusal: the call gives up, with
    /// [`GiveUp::HintTooLong`](crate::GiveUp::HintTooLong). With zero, every longer hint ends the call.
    pub const fn max_retry_after(mut self, longest: Duration) -> Self {
        self.settings.max_retry_after = longest;
        self
    }

    /// What to do when a retry nested in an attempt gave up, and the attempt fails too. Default:
    /// [`Nested::Stop`].
    pub const fn nested(mut self, nested: Nested) -> Self {
        self.settings.nested = nested;
        self
    }

    /// Draws the same jitter in every call: for tests, and for targets without entropy. Default:
    /// seeded from the thread's generator.
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

impl<B: Copy, O: Copy, L: Copy, T: Copy> Policy<B, O, L, T> {
    /// Which failures are tried again: an [`On`], or a classifier `Fn(&E) -> impl Into<Class>`, such
    /// as a closure that returns a `bool`. Default: [`On::Transient`].
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_core::Policy;
    /// use std::time::Duration;
    ///
    /// let policy = Policy::fixed(Duration::ZERO).on(|error: &String| error == "busy");
    /// let mut calls = 0;
    /// let outcome: Result<(), String> = policy.run_blocking(|| {
    ///     calls += 1;
    ///     Err(if calls == 1 { "busy" } else { "broken" }.to_owned())
    /// });
    /// assert_eq!((outcome, calls), (Err("broken".to_owned()), 2));
    /// ```
    pub const fn on<R>(self, rule: R) -> Policy<B, R, L, T> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: rule,
            limit: self.limit,
            throttle: self.throttle,
        }
    }

    /// Replaces the shape of backoff, and keeps everything else. A shape that is not `Copy`, such as
    /// one in a `Box`, goes last, after [`on`](Self::on) and
    /// [`attempt_timeout`](Self::attempt_timeout).
    pub const fn backoff<N: Backoff>(self, shape: N) -> Policy<N, O, L, T> {
        Policy {
            settings: self.settings,
            backoff: shape,
            on: self.on,
            limit: self.limit,
            throttle: self.throttle,
        }
    }

    /// Bounds the retries of all calls that share `budget`: a reference to a `static`
    /// [`Budget`](crate::Budget), an `Arc` of one, or anything else that is a [`Throttle`]. Default:
    /// none. When it is empty, the call gives up with [`GiveUp::Budget`](crate::GiveUp::Budget).
    ///
    /// A `const` cannot refer to a `static` that changes: such a policy is a `static` itself, or made
    /// where it is used. What is not `Copy`, such as an `Arc`, goes last.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_core::{Budget, Exponential, On, Policy, Unlimited};
    ///
    /// static PAYMENTS: Budget = Budget::new(0.1);
    /// static POLICY: Policy<Exponential, On, Unlimited, &Budget> =
    ///     Policy::new().max_attempts(5).budget(&PAYMENTS);
    /// # assert_eq!(POLICY.schedule(0).count(), 4);
    /// ```
    pub const fn budget<N: Throttle>(self, budget: N) -> Policy<B, O, L, N> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: self.on,
            limit: self.limit,
            throttle: budget,
        }
    }

    /// How long one attempt may take. Default: no limit. Needs `E: From<TimedOut>`, so that there is
    /// an error to return for an attempt that was cut short.
    ///
    /// With a [`deadline`](Self::deadline), an attempt gets the smaller of the two: `limit`, and what
    /// is left when the attempt begins.
    pub const fn attempt_timeout(self, limit: Duration) -> Policy<B, O, TimeLimit, T> {
        Policy {
            settings: self.settings,
            backoff: self.backoff,
            on: self.on,
            limit: TimeLimit::new(limit),
            throttle: self.throttle,
        }
    }
}

impl<B: Backoff, O, L, T> Policy<B, O, L, T> {
    /// The delays that a call under this policy would wait, if every attempt failed at once and the
    /// call were seeded with `seed`: for previews, plots and tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_core::Policy;
    /// use std::time::Duration;
    ///
    /// let policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
    /// let worst: Duration = policy.schedule(42).sum();
    /// assert!(worst <= Duration::from_millis(100 + 200 + 400 + 800));
    /// ```
    pub fn schedule(&self, seed: u64) -> Schedule<'_, B> {
        Schedule::new(self.settings, &self.backoff, seed)
    }
}
