//! An error that passes, and the count of attempts.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use retryable::{Class, Classify, TimedOut};

/// Worth another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

impl From<TimedOut> for Busy {
    fn from(_: TimedOut) -> Self {
        Self
    }
}

/// Of a class that the test chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Is(pub(crate) Class);

impl Classify for Is {
    fn classify(&self) -> Class {
        self.0
    }
}

/// Counts attempts.
#[derive(Debug, Default)]
pub(crate) struct Calls(AtomicU32);

impl Calls {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The number of this attempt, from 1.
    pub(crate) fn next(&self) -> u32 {
        self.0.fetch_add(1, Relaxed) + 1
    }

    /// Fails twice, then returns the number of the attempt.
    pub(crate) fn third(&self) -> Result<u32, Busy> {
        self.fail_until(3)
    }

    pub(crate) fn fail_until(&self, attempt: u32) -> Result<u32, Busy> {
        let now = self.next();
        if now < attempt { Err(Busy) } else { Ok(now) }
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.load(Relaxed)
    }
}
