//! The same delay every time.

use core::fmt;
use core::time::Duration;

use super::arithmetic::check_delays;
use super::backoff::Backoff;
use super::jitter::{Jitter, Limits};
use super::step::Step;
use crate::invalid_policy::InvalidPolicy;

/// The same delay before every retry, then jitter.
///
/// Default: [`Jitter::None`], so that every wait is `delay`, and a wait that a server asked for is exact.
/// Clients that failed together then come back together: if there are many, set a [`jitter`](Self::jitter).
///
/// # Examples
///
/// ```
/// use retryable::{Fixed, Policy};
/// use std::time::Duration;
///
/// const SHAPE: Fixed = Fixed::new(Duration::from_secs(1));
/// let delays: Vec<_> = Policy::with_backoff(SHAPE).max_attempts(3).schedule(0).collect();
/// assert_eq!(delays, [Duration::from_secs(1); 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    pub(crate) delay: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) throttled_base: Option<Duration>,
    pub(crate) first_at_once: bool,
}

impl Fixed {
    /// Makes a shape that waits `delay` every time.
    pub const fn new(delay: Duration) -> Self {
        Self {
            delay,
            jitter: Jitter::None,
            throttled_base: None,
            first_at_once: false,
        }
    }

    /// A fixed delay has no cap.
    const CAP: Duration = Duration::MAX;

    /// Checks the delays of the shape against each other.
    const fn checked(self) -> Result<Self, InvalidPolicy> {
        match check_delays(self.delay, self.throttled_base, Duration::ZERO, Self::CAP) {
            Ok(()) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// Returns the delay without jitter; `None` for a first retry at once.
    fn unspread(&self, step: &Step) -> Option<Duration> {
        step.place(self.first_at_once)?;
        Some(step.first_delay(self.delay, self.throttled_base))
    }
}

setters!(Fixed; jitter, None; throttled_base; first_at_once;);

impl Backoff for Fixed {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let Some(delay) = self.unspread(step) else {
            return Some(Duration::ZERO);
        };
        let within = Limits {
            floor: Duration::ZERO,
            cap: Self::CAP,
        };
        Some(self.jitter.spread(delay, within, step))
    }

    fn spreads_hints(&self) -> bool {
        !self.jitter.is_none()
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        let Some(delay) = self.unspread(step) else {
            return Some(Duration::ZERO);
        };
        Some(self.jitter.longest(delay, Self::CAP))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    #[cfg(feature = "overrides")]
    fn built_in(&self) -> Option<crate::config::Shape> {
        Some(crate::config::Shape::Fixed(*self))
    }
}
