//! The backoff of Envoy's router.

use core::fmt;
use core::time::Duration;

use crate::backoff::{Backoff, Step, grow};
use crate::invalid_policy::{InvalidPolicy, valid};

/// Delays that are uniform from 0 to `min(base · (2ⁿ − 1), max)`.
///
/// Source: "Router" in the HTTP filters of Envoy's documentation: `base_interval` and `max_interval` of a retry policy's
/// `retry_back_off`.
///
/// # Examples
///
/// ```
/// use retryable::Policy;
/// use retryable::presets::EnvoyBackoff;
/// use std::time::Duration;
///
/// const SHAPE: EnvoyBackoff =
///     EnvoyBackoff::new(Duration::from_millis(25)).max_interval(Duration::from_millis(100));
///
/// let policy = Policy::with_backoff(SHAPE).max_attempts(9);
/// assert!(policy.schedule(0).all(|delay| delay <= Duration::from_millis(100)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvoyBackoff {
    base: Duration,
    max: Duration,
}

impl EnvoyBackoff {
    /// Makes a shape of a `base_interval`. The longest delay is 10 times that.
    pub const fn new(base: Duration) -> Self {
        Self {
            base,
            max: base.saturating_mul(10),
        }
    }

    /// Sets the longest delay. Default: 10 times the `base_interval`.
    ///
    /// # Panics
    ///
    /// If `max` is shorter than the `base_interval`. In a `const`, this is a compile error.
    #[track_caller]
    pub const fn max_interval(self, max: Duration) -> Self {
        valid(self.try_max_interval(max))
    }

    /// Sets the longest delay, for a value from configuration.
    ///
    /// # Errors
    ///
    /// If `max` is shorter than the `base_interval`.
    pub const fn try_max_interval(mut self, max: Duration) -> Result<Self, InvalidPolicy> {
        if max.as_nanos() < self.base.as_nanos() {
            return Err(InvalidPolicy::Cap);
        }
        self.max = max;
        Ok(self)
    }

    fn unspread(&self, step: &Step) -> Duration {
        let power = grow(self.base, 2.0, step.retry, Duration::MAX);
        power.saturating_sub(self.base).min(self.max)
    }
}

impl Backoff for EnvoyBackoff {
    fn delay(&self, step: &Step) -> Option<Duration> {
        Some(step.part_of(self.unspread(step)))
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        Some(self.unspread(step))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
