//! Delays that grow by the Fibonacci numbers.

use core::time::Duration;

use super::arithmetic::default_cap;
use super::backoff::Backoff;
use super::jitter::Jitter;
use super::step::Step;

/// Delays of `min(cap, base · fib(retry))` with `fib` = 1, 1, 2, 3, 5, …, then jitter: gentler than doubling.
///
/// Defaults: cap 20 s (or `base`, if that is longer), [`Jitter::Full`].
///
/// # Examples
///
/// ```
/// use retryable::{Fibonacci, Jitter, Policy};
/// use std::time::Duration;
///
/// const SHAPE: Fibonacci = Fibonacci::new(Duration::from_millis(100)).jitter(Jitter::None);
/// let delays: Vec<_> = Policy::with_backoff(SHAPE).max_attempts(6).schedule(0).collect();
/// assert_eq!(delays, [100, 100, 200, 300, 500].map(Duration::from_millis));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fibonacci {
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) floor: Duration,
    pub(crate) throttled_base: Option<Duration>,
    pub(crate) first_at_once: bool,
}

impl Fibonacci {
    /// Makes a shape that starts at `base`.
    pub const fn new(base: Duration) -> Self {
        Self {
            base,
            cap: default_cap(base),
            jitter: Jitter::Full,
            floor: Duration::ZERO,
            throttled_base: None,
            first_at_once: false,
        }
    }

    fn unspread(&self, base: Duration, place: u32) -> Duration {
        let (mut delay, mut next) = (base, base);
        for _ in 1..place {
            // Also ends the loop for a base of zero, which never reaches its cap.
            if delay >= self.cap || next.is_zero() {
                break;
            }
            (delay, next) = (next, delay.saturating_add(next));
        }
        delay.min(self.cap)
    }
}

setters!(Fibonacci; cap; jitter, Full; floor; throttled_base; first_at_once;);

spread_backoff!(Fibonacci, base);
