//! A list of delays whose last one repeats.

use core::fmt;
use core::time::Duration;

use super::backoff::Backoff;
use super::step::Step;
use crate::invalid_policy::InvalidPolicy;

/// Makes a shape of a list of delays, without jitter: each once, then the last one for every further retry.
///
/// A list without `repeat_last`, such as `[Duration; 3]`, stops after its last delay.
///
/// # Examples
///
/// ```
/// use retryable::{Policy, backoff};
/// use std::time::Duration;
///
/// const SHAPE: backoff::RepeatLast<[Duration; 2]> =
///     backoff::repeat_last([Duration::from_secs(1), Duration::from_secs(5)]);
///
/// let delays: Vec<_> = Policy::with_backoff(SHAPE).max_attempts(5).schedule(0).collect();
/// assert_eq!(delays, [1, 5, 5, 5].map(Duration::from_secs));
/// ```
///
/// A list without delays does not compile:
///
/// ```compile_fail,E0080
/// retryable::backoff::repeat_last([]);
/// ```
pub const fn repeat_last<const N: usize>(delays: [Duration; N]) -> RepeatLast<[Duration; N]> {
    const {
        assert!(N > 0, "{}", InvalidPolicy::NoDelays.message());
    }
    RepeatLast { delays }
}

/// A list of delays whose last one repeats. Made by [`repeat_last`] and [`RepeatLast::try_new`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatLast<L> {
    delays: L,
}

impl<L: AsRef<[Duration]>> RepeatLast<L> {
    /// Makes a shape of a list from configuration, such as a `Vec<Duration>`.
    ///
    /// # Errors
    ///
    /// If the list has no delay.
    pub fn try_new(delays: L) -> Result<Self, InvalidPolicy> {
        if delays.as_ref().is_empty() {
            return Err(InvalidPolicy::NoDelays);
        }
        Ok(Self { delays })
    }
}

impl<L: AsRef<[Duration]>> Backoff for RepeatLast<L> {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let delays = self.delays.as_ref();
        let index = usize::try_from(step.retry).unwrap_or(usize::MAX);
        let listed = delays.get(index.saturating_sub(1));
        listed.or(delays.last()).copied()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepeatLast")
            .field("delays", &self.delays.as_ref())
            .finish()
    }
}
