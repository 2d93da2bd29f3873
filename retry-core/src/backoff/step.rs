//! What a shape is told when it is asked for a delay.

use core::cell::Cell;
use core::time::Duration;

use crate::{Class, rng};

/// One step of a schedule: which retry it is, what went before, and a source of randomness.
///
/// # Examples
///
/// ```
/// use retry_core::{Backoff, Class, Exponential, Jitter, Step};
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
    /// What the shape gave for the retry before this one. A longer wait that a server asked for is
    /// not counted in.
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
    pub fn random(&self) -> f64 {
        let (drawn, generator) = rng::draw(self.generator.get());
        self.generator.set(generator);
        drawn
    }
}
