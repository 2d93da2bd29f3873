//! What a shape is told when it is asked for a delay.

use core::cell::Cell;
use core::time::Duration;

use super::arithmetic::part;
use crate::class::Class;
use crate::rng;

/// One step of a schedule: which retry it is, what went before, and a source of randomness.
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
    /// Which retry this is: 1 for the first, that is for the second attempt.
    pub retry: u32,
    /// What the shape gave for the retry before this one; 78 hours where that was longer. A longer wait that
    /// a server asked for is not counted in.
    pub previous: Option<Duration>,
    /// How the attempt failed.
    pub class: Class,
    generator: Cell<u64>,
}

impl Step {
    /// A step made by hand, for tests of custom shapes. Equal seeds draw equal numbers.
    pub const fn new(retry: u32, previous: Option<Duration>, class: Class, seed: u64) -> Self {
        Self {
            retry,
            previous,
            class,
            generator: Cell::new(rng::mix(seed, retry)),
        }
    }

    /// A number drawn uniformly from `0.0..1.0`, by the generator of the call that is being retried.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float has")]
    pub fn random(&self) -> f64 {
        const STEPS: u64 = 1 << f64::MANTISSA_DIGITS;
        (self.bits() >> (u64::BITS - f64::MANTISSA_DIGITS)) as f64 / STEPS as f64
    }

    /// A part of `whole`, uniform from zero up to it.
    pub(crate) fn part_of(&self, whole: Duration) -> Duration {
        part(whole, self.bits())
    }

    fn bits(&self) -> u64 {
        let (drawn, generator) = rng::draw(self.generator.get());
        self.generator.set(generator);
        drawn
    }
}
