//! Delays that grow by a factor.

use core::time::Duration;

use super::arithmetic::{all_nanos, default_cap, double, grow, is_doubling, part_of_nanos};
use super::backoff::Backoff;
use super::jitter::Jitter;
use super::step::Step;
use crate::invalid_policy::{InvalidPolicy, valid};

/// Delays of `min(cap, base · factor^(retry − 1))`, then jitter. The default shape.
///
/// Defaults: factor 2.0, cap 20 s (or `base`, if that is longer), [`Jitter::Full`]. Clamping to the cap first
/// and spreading afterwards is the order of the AWS SDKs' retry behaviour 2.1.
///
/// # Examples
///
/// ```
/// use retryable::{Exponential, Jitter, Policy};
/// use std::time::Duration;
///
/// const SHAPE: Exponential = Exponential::new(Duration::from_millis(100))
///     .factor(3.0)
///     .cap(Duration::from_millis(500))
///     .jitter(Jitter::None);
///
/// let delays: Vec<_> = Policy::with_backoff(SHAPE).max_attempts(4).schedule(0).collect();
/// assert_eq!(delays, [100, 300, 500].map(Duration::from_millis));
/// ```
///
/// Nonsense in a `const` does not compile:
///
/// ```compile_fail,E0080
/// # use retryable::Exponential;
/// # use std::time::Duration;
/// const SHRINKING: Exponential = Exponential::new(Duration::from_secs(1)).factor(0.5);
/// ```
///
/// ```compile_fail,E0080
/// # use retryable::Exponential;
/// # use std::time::Duration;
/// const CUT: Exponential = Exponential::new(Duration::from_secs(1)).cap(Duration::ZERO);
/// ```
///
/// ```compile_fail,E0080
/// # use retryable::{Exponential, Jitter};
/// # use std::time::Duration;
/// const TWICE: Exponential =
///     Exponential::new(Duration::from_secs(1)).jitter(Jitter::Proportional(2.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    pub(crate) base: Duration,
    pub(crate) factor: f64,
    pub(crate) cap: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) floor: Duration,
    pub(crate) throttled_base: Option<Duration>,
    pub(crate) first_at_once: bool,
}

impl Exponential {
    /// Makes a shape that starts at `base`.
    pub const fn new(base: Duration) -> Self {
        Self {
            base,
            factor: 2.0,
            cap: default_cap(base),
            jitter: Jitter::Full,
            floor: Duration::ZERO,
            throttled_base: None,
            first_at_once: false,
        }
    }

    /// Sets how many times longer each delay is than the one before it. Default: 2.0.
    ///
    /// # Panics
    ///
    /// If `factor` is below 1 or not finite. In a `const`, this is a compile error.
    #[track_caller]
    pub const fn factor(self, factor: f64) -> Self {
        valid(self.try_factor(factor))
    }

    /// Sets the factor, for a value from configuration.
    ///
    /// # Errors
    ///
    /// If `factor` is below 1 or not finite.
    pub const fn try_factor(mut self, factor: f64) -> Result<Self, InvalidPolicy> {
        if !(factor >= 1.0 && factor <= f64::MAX) {
            return Err(InvalidPolicy::Factor);
        }
        self.factor = factor;
        Ok(self)
    }

    fn unspread(&self, base: Duration, place: u32) -> Duration {
        grow(base, self.factor, place.saturating_sub(1), self.cap)
    }

    /// Returns the delay of a step with the default factor, jitter and floor: in nanoseconds, which takes less than half
    /// of the instructions.
    #[inline]
    fn usual_delay(&self, step: &Step) -> Option<Duration> {
        let is_usual = is_doubling(self.factor) && self.jitter == Jitter::Full;
        if !is_usual || !self.floor.is_zero() {
            return None;
        }
        let place = step.place(self.first_at_once)?;
        let first = step.first_delay(self.base, self.throttled_base);
        let [first, cap] = all_nanos([first, self.cap])?;
        let delay = double(first, place.saturating_sub(1), cap);
        Some(Duration::from_nanos(part_of_nanos(delay, step.bits())))
    }
}

setters!(Exponential; cap; jitter, Full; floor; throttled_base; first_at_once;);

spread_backoff!(Exponential, base, usual_delay);
