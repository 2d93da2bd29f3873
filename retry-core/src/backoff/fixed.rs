//! The same delay every time.

use core::time::Duration;

use crate::{Backoff, Jitter, Step};

/// The same delay before every retry, then jitter.
///
/// Default: [`Jitter::Full`], so that waits lie anywhere in `0..=delay`. For an even beat, as when
/// polling alone, say [`Jitter::None`].
///
/// # Examples
///
/// ```
/// use retry_core::{Fixed, Jitter, Policy};
/// use std::time::Duration;
///
/// const SHAPE: Fixed = Fixed::new(Duration::from_secs(1)).jitter(Jitter::None);
/// let delays: Vec<_> = Policy::with_backoff(SHAPE).max_attempts(3).schedule(0).collect();
/// assert_eq!(delays, [Duration::from_secs(1); 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    delay: Duration,
    jitter: Jitter,
}

impl Fixed {
    /// Waits `delay` every time.
    pub const fn new(delay: Duration) -> Self {
        Self {
            delay,
            jitter: Jitter::Full,
        }
    }
}

setters!(Fixed; jitter;);

impl Backoff for Fixed {
    fn delay(&self, step: &Step) -> Option<Duration> {
        Some(self.jitter.spread(self.delay, step))
    }

    fn spreads_hints(&self) -> bool {
        !self.jitter.is_none()
    }
}
