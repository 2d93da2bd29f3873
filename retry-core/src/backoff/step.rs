//! `Step`: the input of a shape.

use core::cell::Cell;
use core::time::Duration;

use super::arithmetic::part;
use crate::class::Class;
use crate::rng;

/// One step of a schedule: the number of the retry, the previous delay and class, and a source of randomness.
///
/// # Examples
///
/// ```
/// use retryable::{Backoff, Class, Exponential, Jitter, Step};
/// use std::time::Duration;
///
/// let shape = Exponential::new(Duration::from_millis(100)).jitter(Jitter::None);
/// let third = Step::new(3, Some(Duration::from_millis(200)), Class::Transient, 7);
/// assert_eq!(shape.delay(&third), Some(Duration::from_millis(400)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Step {
    /// The number of the retry: 1 before the second attempt.
    pub retry: u32,
    /// The delay that the shape returned for the previous retry, at most 78 hours. If a server asked for a longer
    /// wait, that is not included.
    pub previous: Option<Duration>,
    /// The number of this retry since the server last asked for a wait; [`retry`](Self::retry) if it has not asked.
    /// So a shape can begin again after such a wait, as that of gRPC does. More than 50 are not counted: then it is
    /// `retry` too.
    pub since_hint: u32,
    /// How the attempt failed.
    pub class: Class,
    /// The state of this step's generator. `None`: the thread's generator draws.
    generator: Option<Cell<u64>>,
}

impl Step {
    /// Makes a step, for tests of custom shapes. Equal seeds draw equal numbers.
    pub const fn new(retry: u32, previous: Option<Duration>, class: Class, seed: u64) -> Self {
        Self {
            retry,
            since_hint: retry,
            previous,
            class,
            generator: Some(Cell::new(rng::state(seed, retry))),
        }
    }

    /// Makes a step of a policy without a seed.
    pub(crate) const fn unseeded(retry: u32, previous: Option<Duration>, class: Class) -> Self {
        Self {
            retry,
            since_hint: retry,
            previous,
            class,
            generator: None,
        }
    }

    /// Returns a number drawn uniformly from `0.0..1.0`, by the generator of the call that is being retried.
    #[expect(clippy::cast_precision_loss, reason = "a float has 53 bits")]
    pub fn random(&self) -> f64 {
        const STEPS: u64 = 1 << f64::MANTISSA_DIGITS;
        (self.bits() >> (u64::BITS - f64::MANTISSA_DIGITS)) as f64 / STEPS as f64
    }

    /// Returns the place of this delay in the schedule of a shape: the number of the retry, or `None` for a first retry
    /// at once.
    ///
    /// A server that rejected a call because of its load is not called again at once.
    pub(super) fn place(&self, first_at_once: bool) -> Option<u32> {
        if !first_at_once {
            return Some(self.retry);
        }
        match self.retry.saturating_sub(1) {
            0 => self.is_throttled().then_some(1),
            place => Some(place),
        }
    }

    /// Returns the first delay of the schedule for this class.
    pub(super) fn first_delay(&self, base: Duration, throttled_base: Option<Duration>) -> Duration {
        throttled_base
            .filter(|_| self.is_throttled())
            .unwrap_or(base)
    }

    fn is_throttled(&self) -> bool {
        matches!(self.class, Class::Throttled { .. })
    }

    /// Returns a part of `whole`, uniform from zero up to it.
    pub(crate) fn part_of(&self, whole: Duration) -> Duration {
        part(whole, self.bits())
    }

    /// Draws 64 bits.
    #[inline]
    pub(super) fn bits(&self) -> u64 {
        let Some(generator) = &self.generator else {
            return rng::draw_fresh();
        };
        let (drawn, state) = rng::draw(generator.get());
        generator.set(state);
        drawn
    }
}
