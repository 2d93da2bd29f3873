//! Delays that grow by the same amount.

use core::time::Duration;

use super::arithmetic::default_cap;
use super::backoff::Backoff;
use super::jitter::Jitter;
use super::step::Step;

/// Delays of `min(cap, step · retry)`, then jitter.
///
/// Defaults: cap 20 s (or `step`, if that is longer), [`Jitter::Full`].
///
/// # Examples
///
/// ```
/// use retryable::{Jitter, Linear, Policy};
/// use std::time::Duration;
///
/// const SHAPE: Linear = Linear::new(Duration::from_millis(100)).jitter(Jitter::None);
/// let delays: Vec<_> = Policy::with_backoff(SHAPE).max_attempts(4).schedule(0).collect();
/// assert_eq!(delays, [100, 200, 300].map(Duration::from_millis));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    pub(crate) step: Duration,
    pub(crate) cap: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) floor: Duration,
    pub(crate) throttled_base: Option<Duration>,
    pub(crate) first_at_once: bool,
}

impl Linear {
    /// Makes a shape that starts at `step`, and adds `step` each time.
    pub const fn new(step: Duration) -> Self {
        Self {
            step,
            cap: default_cap(step),
            jitter: Jitter::Full,
            floor: Duration::ZERO,
            throttled_base: None,
            first_at_once: false,
        }
    }

    fn unspread(&self, step: Duration, place: u32) -> Duration {
        step.saturating_mul(place).min(self.cap)
    }
}

setters!(Linear; cap; jitter, Full; floor; throttled_base; first_at_once;);

spread_backoff!(Linear, step);
