//! Delays that are written out, or left out.

use core::fmt;
use core::time::Duration;

use super::backoff::Backoff;
use super::step::Step;

/// No delay at all: attempts follow one another at once, and an awaited call only lets other tasks run
/// in between. For tests, and where something else does the waiting.
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

/// Each delay once, as it is; then stop.
impl Backoff for [Duration] {
    fn delay(&self, step: &Step) -> Option<Duration> {
        let index = usize::try_from(step.retry).ok()?.checked_sub(1)?;
        self.get(index).copied()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Each delay once, as it is; then stop.
impl<const N: usize> Backoff for [Duration; N] {
    fn delay(&self, step: &Step) -> Option<Duration> {
        self.as_slice().delay(step)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
