//! Delays drawn from a window that depends on the previous delay.

use core::fmt;
use core::time::Duration;

use super::arithmetic::default_cap;
use super::backoff::Backoff;
use super::step::Step;

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
    base: Duration,
    cap: Duration,
}

impl Decorrelated {
    /// Makes a shape whose delays are never shorter than `base`.
    pub const fn new(base: Duration) -> Self {
        Self {
            base,
            cap: default_cap(base),
        }
    }

    fn longest(&self, step: &Step) -> Duration {
        // A call stores at most 78 hours of its last delay, which may be less than `base`.
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
