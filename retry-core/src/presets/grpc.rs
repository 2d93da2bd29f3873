//! The backoff of gRPC's proposal A6.

use core::fmt;
use core::time::Duration;

use crate::backoff::{Backoff, Step, grow, scale};
use crate::invalid_policy::{InvalidPolicy, valid};

/// Delays of `min(initial · multiplier^(n − 1), max)`, times a random factor from 0.8 to 1.2.
///
/// Source: grpc/proposal, A6-client-retries.md. Unlike every other shape, it may exceed `max`, by a fifth, because the
/// proposal says so. After a wait that the server asked for, it starts again at `initial`. Such a wait is not lengthened:
/// the proposal spreads only delays of the backoff.
///
/// # Examples
///
/// ```
/// use retryable::presets::GrpcBackoff;
/// use retryable::{Backoff, Class, Step};
/// use std::time::Duration;
///
/// const SHAPE: GrpcBackoff = GrpcBackoff::new(Duration::from_millis(100), Duration::from_secs(1), 2.0);
///
/// let delay = SHAPE.delay(&Step::new(9, None, Class::Transient, 7)).unwrap();
/// assert!(delay >= Duration::from_millis(800) && delay <= Duration::from_millis(1200));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrpcBackoff {
    initial: Duration,
    max: Duration,
    multiplier: f64,
}

impl GrpcBackoff {
    /// Makes a shape of a service config's `initialBackoff`, `maxBackoff` and `backoffMultiplier`.
    ///
    /// # Panics
    ///
    /// If `multiplier` is not a finite number above 0. In a `const`, this is a compile error.
    #[track_caller]
    pub const fn new(initial: Duration, max: Duration, multiplier: f64) -> Self {
        valid(Self::try_new(initial, max, multiplier))
    }

    /// Makes a shape, for values from configuration.
    ///
    /// # Errors
    ///
    /// If `multiplier` is not a finite number above 0.
    pub const fn try_new(
        initial: Duration,
        max: Duration,
        multiplier: f64,
    ) -> Result<Self, InvalidPolicy> {
        // Written so that NaN is rejected too.
        if !(multiplier > 0.0 && multiplier <= f64::MAX) {
            return Err(InvalidPolicy::Multiplier);
        }
        Ok(Self {
            initial,
            max,
            multiplier,
        })
    }

    fn unspread(&self, step: &Step) -> Duration {
        let exponent = step.since_hint.saturating_sub(1);
        grow(self.initial, self.multiplier, exponent, self.max)
    }
}

impl Backoff for GrpcBackoff {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let delay = self.unspread(step);
        let shortest = delay.saturating_sub(scale(delay, 0.2));
        Some(shortest.saturating_add(step.part_of(scale(delay, 0.4))))
    }

    fn spreads_hints(&self) -> bool {
        false
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        let delay = self.unspread(step);
        Some(delay.saturating_add(scale(delay, 0.2)))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
