//! `Policy::describe`: what a policy does, in one line.

use core::fmt;
use core::iter::from_fn;
use core::time::Duration;

use super::{Erased, Nested, Policy, Settings};
use crate::backoff::{Backoff, Step};
use crate::budget::RetryBudget;
use crate::class::Class;
use crate::classify::{Rule, Summary};
use crate::sealed::Sealed;

/// How many delays are looked at: a policy may allow four billion.
const MOST: u32 = 1000;

/// How many delays are listed before the middle is left out.
const LISTED: usize = 6;

impl<B: Backoff, O, L, T: RetryBudget> Policy<B, O, L, T> {
    /// Describes what the policy does, in one line: for documentation, admin pages, snapshots and the review of a change.
    ///
    /// A policy with a classifier is [erased](Policy::erase) first, so that the type of its errors is known.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Budget, BudgetedPolicy, Policy};
    ///
    /// static BUDGET: Budget = Budget::new(0.2);
    /// static POLICY: BudgetedPolicy = Policy::with_budget(&BUDGET).max_attempts(5);
    /// assert_eq!(
    ///     POLICY.describe().to_string(),
    ///     "up to 5 attempts; waits of up to 100ms, 200ms, 400ms, 800ms (1.5s in all); transient failures; budget 20%",
    /// );
    /// ```
    pub fn describe(&self) -> Description<'_>
    where
        O: Summary,
    {
        Description {
            settings: self.settings,
            backoff: &self.backoff,
            rule: &self.on,
            budget: &self.budget,
        }
    }
}

/// What a policy does, in one line: its `Display`. Made by [`Policy::describe`].
#[derive(Clone, Copy)]
#[must_use = "a description does nothing until it is printed"]
pub struct Description<'p> {
    settings: Settings,
    backoff: &'p dyn Backoff,
    rule: &'p dyn Summary,
    budget: &'p dyn RetryBudget,
}

impl Description<'_> {
    /// The longest wait before each retry. `exact`: whether it has no jitter.
    fn waits(&self) -> impl Iterator<Item = Wait> {
        let (mut retry, mut previous) = (0, None);
        from_fn(move || {
            retry += 1;
            if retry >= self.settings.max_attempts || retry > MOST {
                return None;
            }
            let step = |seed| Step::new(retry, previous, Class::Transient, seed);
            let longest = self.backoff.longest_delay(&step(0))?;
            // Two draws that are both the longest delay are no chance.
            let is_longest = |seed| self.backoff.delay(&step(seed)) == Some(longest);
            let exact = is_longest(0) && is_longest(1);
            previous = Some(longest);
            Some(Wait { longest, exact })
        })
    }

    fn attempts(&self, f: &mut fmt::Formatter<'_>, retries: usize) -> fmt::Result {
        match (retries, self.settings.max_attempts) {
            (0, _) => f.write_str("1 attempt"),
            (1000, u32::MAX) => f.write_str("any number of attempts"),
            (1000, max) => write!(f, "up to {max} attempts"),
            _ => write!(f, "up to {} attempts", retries + 1),
        }
    }

    fn write_waits(&self, f: &mut fmt::Formatter<'_>, retries: usize) -> fmt::Result {
        let (mut total, mut exact) = (Duration::ZERO, true);
        let first = self.waits().next().map(|wait| wait.longest);
        let mut equal = true;
        for wait in self.waits() {
            total = total.saturating_add(wait.longest);
            exact = exact && wait.exact;
            equal = equal && Some(wait.longest) == first;
        }
        if total.is_zero() {
            f.write_str("no waits")?;
            return self.write_throttled(f);
        }
        let up_to = if exact { "" } else { "up to " };
        if retries == 1 {
            write!(f, "a wait of {up_to}{total:?}")?;
            return self.write_throttled(f);
        }
        write!(f, "waits of {up_to}")?;
        for (index, Wait { longest, .. }) in self.waits().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            if equal && index > 0 {
                break;
            } else if retries <= LISTED || index < LISTED / 2 || index + 1 == retries {
                write!(f, "{separator}{longest:?}")?;
            } else if index == LISTED / 2 {
                write!(f, "{separator}…")?;
            }
        }
        if retries < 1000 {
            write!(f, " ({total:?} in all)")?;
        }
        self.write_throttled(f)
    }

    /// The first wait after throttling, if it differs.
    fn write_throttled(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = |class| self.backoff.longest_delay(&Step::new(1, None, class, 0));
        let throttled = first(Class::Throttled { retry_after: None });
        match throttled {
            Some(wait) if throttled != first(Class::Transient) => {
                write!(f, ", from {wait:?} if throttled")
            }
            _ => Ok(()),
        }
    }
}

/// A wait before a retry.
struct Wait {
    longest: Duration,
    exact: bool,
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            attempt_timeout,
            deadline,
            max_elapsed,
            max_retry_after,
            cut_retry_after,
            seed,
            nested,
            ..
        } = self.settings;
        let retries = self.waits().count();
        self.attempts(f, retries)?;
        if retries > 0 {
            f.write_str("; ")?;
            self.write_waits(f, retries)?;
            f.write_str("; ")?;
            self.rule.summarize(f)?;
        }
        if let Some(limit) = attempt_timeout {
            write!(f, "; each attempt at most {limit:?}")?;
        }
        if let Some(limit) = deadline {
            write!(f, "; whole call at most {limit:?}")?;
        }
        if let Some(limit) = max_elapsed {
            write!(f, "; no attempt or wait after {limit:?}")?;
        }
        if cut_retry_after {
            write!(
                f,
                "; longer waits that a server asks for are cut to {max_retry_after:?}"
            )?;
        } else if max_retry_after != Settings::DEFAULT.max_retry_after {
            write!(f, "; waits of at most {max_retry_after:?} if a server asks")?;
        }
        if nested == Nested::Multiply {
            f.write_str("; multiplies nested retries")?;
        }
        if let Some(seed) = seed {
            write!(f, "; seed {seed}")?;
        }
        f.write_str("; ")?;
        self.budget.summarize(f)
    }
}

impl fmt::Debug for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! erased {
    ($($pointer:ty),*) => {$(
        impl<E> Summary for Erased<$pointer> {
            fn sealed(&self) -> Sealed {
                Sealed
            }

            fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.summarize(f)
            }
        }
    )*};
}

erased!(super::Part<'_, dyn Rule<E> + Send + Sync + '_>);
#[cfg(feature = "alloc")]
erased!(alloc::sync::Arc<dyn Rule<E> + Send + Sync>);
