//! Delays drawn from a window that follows the delay before.

use core::fmt;
use core::time::Duration;

use super::arithmetic::default_cap;
use super::backoff::Backoff;
use super::step::Step;

/// Uniform in `base..=min(cap, 3 · previous)`, where `previous` starts as `base`: the "decorrelated
/// jitter" of "Exponential Backoff and Jitter" (Marc Brooker, AWS Architecture Blog, 2015). A `previous`
/// above 78 hours counts as that, or as `base` where that is longer.
///
/// It is drawn from the window that the cap has cut, rather than drawn first and cut afterwards, so
/// that delays at the cap stay spread. Default: cap 20 s (or `base`, where that is longer).
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
    base: Duration,
    cap: Duration,
}

impl Decorrelated {
    /// No delay is shorter than `base`.
    pub const fn new(base: Duration) -> Self {
        Self {
            base,
            cap: default_cap(base),
        }
    }

    fn longest(&self, step: &Step) -> Duration {
        // A call keeps no more than 78 hours of what it waited, which may be less than `base`.
        let previous = step.previous.unwrap_or_default().max(self.base);
        previous.saturating_mul(3).min(self.cap)
    }
}

setters!(Decorrelated; cap >= base;);

impl Backoff for Decorrelated {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let longest = self.longest(step);
        Some(self.base + step.part_of(longest.saturating_sub(self.base)))
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        Some(self.longest(step))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
