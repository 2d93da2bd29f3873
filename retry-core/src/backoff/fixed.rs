//! The same delay every time.

use core::fmt;
use core::time::Duration;

use super::backoff::Backoff;
use super::jitter::Jitter;
use super::step::Step;

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
    delay: Duration,
    jitter: Jitter,
}

impl Fixed {
    /// Makes a shape that waits `delay` every time.
    pub const fn new(delay: Duration) -> Self {
        Self {
            delay,
            jitter: Jitter::None,
        }
    }
}

setters!(Fixed; jitter, None;);

impl Backoff for Fixed {
    fn delay(&self, step: &Step) -> Option<Duration> {
        Some(self.jitter.spread(self.delay, step))
    }

    fn spreads_hints(&self) -> bool {
        !self.jitter.is_none()
    }

    fn longest_delay(&self, _: &Step) -> Option<Duration> {
        Some(self.delay)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
