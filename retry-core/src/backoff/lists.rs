//! Delays that are written out, or left out.

use core::fmt;
use core::time::Duration;

use super::backoff::Backoff;
use super::step::Step;

/// No delay: attempts follow one another at once. An awaited call yields to other tasks in between.
///
/// For tests, and for operations that wait themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoDelay;

impl Backoff for NoDelay {
    fn delay(&self, _: &Step) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Each delay once, without jitter; then stop.
impl Backoff for [Duration] {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let index = usize::try_from(step.retry).ok()?.checked_sub(1)?;
        self.get(index).copied()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Each delay once, without jitter; then stop.
impl<const N: usize> Backoff for [Duration; N] {
    fn delay(&self, step: &Step) -> Option<Duration> {
        self.as_slice().delay(step)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
