//! `Shape`: a built-in shape of backoff that is chosen at run time.

use core::fmt;
use core::time::Duration;

use retry_words::DEFAULT_BASE;

use super::PolicyConfig;
use crate::backoff::{Backoff, Exponential, Fixed, Step};
use crate::{Decorrelated, Fibonacci, Linear, NoDelay};

/// A built-in shape of backoff, chosen at run time: for users who configure only the delays. Made by
/// [`PolicyConfig::shape`](super::PolicyConfig::shape).
///
/// # Examples
///
/// ```
/// use retryable::config::{PolicyConfig, Shape};
/// use retryable::{Fixed, Policy};
/// use std::time::Duration;
///
/// let shape = PolicyConfig::parse("backoff = fixed, base = 1s").unwrap().shape().unwrap();
/// assert_eq!(shape, Shape::Fixed(Fixed::new(Duration::from_secs(1))));
/// assert_eq!(Policy::with_backoff(shape).schedule(0).sum::<Duration>(), Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// `backoff = "exp"`.
    Exponential(Exponential),
    /// `backoff = "fixed"`.
    Fixed(Fixed),
    /// `backoff = "linear"`.
    Linear(Linear),
    /// `backoff = "fibonacci"`.
    Fibonacci(Fibonacci),
    /// `backoff = "decorrelated"`.
    Decorrelated(Decorrelated),
    /// `backoff = "none"`.
    NoDelay(NoDelay),
}

impl Shape {
    /// Makes the shape of settings that were checked.
    pub(super) fn new(config: &PolicyConfig) -> Self {
        let default = match config.backoff.unwrap_or_default() {
            ShapeName::Exponential => Self::Exponential(Exponential::new(DEFAULT_BASE)),
            ShapeName::Fixed => Self::Fixed(Fixed::new(DEFAULT_BASE)),
            ShapeName::Linear => Self::Linear(Linear::new(DEFAULT_BASE)),
            ShapeName::Fibonacci => Self::Fibonacci(Fibonacci::new(DEFAULT_BASE)),
            ShapeName::Decorrelated => Self::Decorrelated(Decorrelated::new(DEFAULT_BASE)),
            ShapeName::NoDelay => Self::NoDelay(NoDelay),
        };
        default.tuned(config)
    }

    /// The same shape with the numbers that are set, as far as they have an effect on it.
    pub(super) fn tuned(self, config: &PolicyConfig) -> Self {
        let &PolicyConfig {
            base,
            factor,
            cap,
            jitter,
            floor,
            throttled_base,
            first_at_once,
            ..
        } = config;
        match self {
            Self::Exponential(shape) => Self::Exponential(Exponential {
                base: base.unwrap_or(shape.base),
                factor: factor.unwrap_or(shape.factor),
                cap: cap.unwrap_or(shape.cap),
                jitter: jitter.unwrap_or(shape.jitter),
                floor: floor.unwrap_or(shape.floor),
                throttled_base: throttled_base.or(shape.throttled_base),
                first_at_once: first_at_once.unwrap_or(shape.first_at_once),
            }),
            Self::Fixed(shape) => Self::Fixed(Fixed {
                delay: base.unwrap_or(shape.delay),
                jitter: jitter.unwrap_or(shape.jitter),
                throttled_base: throttled_base.or(shape.throttled_base),
                first_at_once: first_at_once.unwrap_or(shape.first_at_once),
            }),
            Self::Linear(shape) => Self::Linear(Linear {
                step: base.unwrap_or(shape.step),
                cap: cap.unwrap_or(shape.cap),
                jitter: jitter.unwrap_or(shape.jitter),
                floor: floor.unwrap_or(shape.floor),
                throttled_base: throttled_base.or(shape.throttled_base),
                first_at_once: first_at_once.unwrap_or(shape.first_at_once),
            }),
            Self::Fibonacci(shape) => Self::Fibonacci(Fibonacci {
                base: base.unwrap_or(shape.base),
                cap: cap.unwrap_or(shape.cap),
                jitter: jitter.unwrap_or(shape.jitter),
                floor: floor.unwrap_or(shape.floor),
                throttled_base: throttled_base.or(shape.throttled_base),
                first_at_once: first_at_once.unwrap_or(shape.first_at_once),
            }),
            Self::Decorrelated(shape) => Self::Decorrelated(Decorrelated {
                base: base.unwrap_or(shape.base),
                cap: cap.unwrap_or(shape.cap),
                throttled_base: throttled_base.or(shape.throttled_base),
                first_at_once: first_at_once.unwrap_or(shape.first_at_once),
            }),
            Self::NoDelay(shape) => Self::NoDelay(shape),
        }
    }

    /// Whether the delays of the shape fit together. Each setter checks all of them.
    #[cfg(feature = "overrides")]
    pub(super) fn delays_fit(self) -> bool {
        match self {
            Self::Exponential(shape) => shape.try_cap(shape.cap).is_ok(),
            Self::Linear(shape) => shape.try_cap(shape.cap).is_ok(),
            Self::Fibonacci(shape) => shape.try_cap(shape.cap).is_ok(),
            Self::Decorrelated(shape) => shape.try_cap(shape.cap).is_ok(),
            Self::Fixed(shape) => match shape.throttled_base {
                Some(base) => shape.try_throttled_base(base).is_ok(),
                None => true,
            },
            Self::NoDelay(_) => true,
        }
    }

    #[cfg(feature = "overrides")]
    pub(super) fn name(self) -> ShapeName {
        match self {
            Self::Exponential(_) => ShapeName::Exponential,
            Self::Fixed(_) => ShapeName::Fixed,
            Self::Linear(_) => ShapeName::Linear,
            Self::Fibonacci(_) => ShapeName::Fibonacci,
            Self::Decorrelated(_) => ShapeName::Decorrelated,
            Self::NoDelay(_) => ShapeName::NoDelay,
        }
    }

    fn inner(&self) -> &dyn Backoff {
        match self {
            Self::Exponential(shape) => shape,
            Self::Fixed(shape) => shape,
            Self::Linear(shape) => shape,
            Self::Fibonacci(shape) => shape,
            Self::Decorrelated(shape) => shape,
            Self::NoDelay(shape) => shape,
        }
    }
}

impl Backoff for Shape {
    fn delay(&self, step: &Step) -> Option<Duration> {
        self.inner().delay(step)
    }

    fn spreads_hints(&self) -> bool {
        self.inner().spreads_hints()
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        self.inner().longest_delay(step)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner().describe(f)
    }

    #[cfg(feature = "overrides")]
    fn built_in(&self) -> Option<Shape> {
        Some(*self)
    }
}

/// The name of a built-in [`Shape`], without its numbers: a value of `backoff`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShapeName {
    /// `"exp"`, the default.
    #[default]
    Exponential,
    /// `"fixed"`.
    Fixed,
    /// `"linear"`.
    Linear,
    /// `"fibonacci"`.
    Fibonacci,
    /// `"decorrelated"`.
    Decorrelated,
    /// `"none"`.
    NoDelay,
}
