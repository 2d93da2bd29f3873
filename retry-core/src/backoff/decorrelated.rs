//! Delays drawn from a window that depends on the previous delay.

use core::fmt;
use core::time::Duration;

use super::arithmetic::{check_delays, default_cap};
use super::backoff::Backoff;
use super::step::Step;
use crate::invalid_policy::InvalidPolicy;

/// Delays that are uniform in `base..=min(cap, 3 · previous)`; `previous` starts as `base`.
///
/// This is the "decorrelated jitter" of "Exponential Backoff and Jitter" (Marc Brooker, AWS Architecture Blog,
/// 2015). A `previous` above 78 hours counts as 78 hours, or as `base` if that is longer.
///
/// The cap cuts the window before the draw, so that delays at the cap stay spread. Default: cap 20 s (or `base`,
/// if that is longer).
///
/// # Examples
///
/// ```
/// use retryable::{Decorrelated, Policy};
/// use std::time::Duration;
///
/// const BASE: Duration = Duration::from_millis(100);
/// let policy = Policy::with_backoff(Decorrelated::new(BASE)).max_attempts(50);
/// assert!(policy.schedule(1).all(|delay| delay >= BASE && delay <= Duration::from_secs(20)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decorrelated {
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
    pub(crate) throttled_base: Option<Duration>,
    pub(crate) first_at_once: bool,
}

impl Decorrelated {
    /// Makes a shape whose delays are never shorter than `base`.
    pub const fn new(base: Duration) -> Self {
        Self {
            base,
            cap: default_cap(base),
            throttled_base: None,
            first_at_once: false,
        }
    }

    /// Checks the delays of the shape against each other.
    const fn checked(self) -> Result<Self, InvalidPolicy> {
        match check_delays(self.base, self.throttled_base, Duration::ZERO, self.cap) {
            Ok(()) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// Returns the shortest and the longest delay.
    fn window(&self, step: &Step) -> (Duration, Duration) {
        if step.place(self.first_at_once).is_none() {
            return (Duration::ZERO, Duration::ZERO);
        }
        let base = step.first_delay(self.base, self.throttled_base);
        // A call stores at most 78 hours of its last delay, which may be less than `base`.
        let previous = step.previous.unwrap_or_default().max(base);
        (base, previous.saturating_mul(3).min(self.cap))
    }
}

setters!(Decorrelated; cap; throttled_base; first_at_once;);

impl Backoff for Decorrelated {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let (shortest, longest) = self.window(step);
        Some(shortest + step.part_of(longest.saturating_sub(shortest)))
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        Some(self.window(step).1)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    #[cfg(feature = "overrides")]
    fn built_in(&self) -> Option<crate::config::Shape> {
        Some(crate::config::Shape::Decorrelated(*self))
    }
}
