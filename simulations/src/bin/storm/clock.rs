//! The time of the simulation that a thread runs, in milliseconds.

use std::cell::Cell;
use std::time::Duration;

use retryable::__private_0_1::Measure;
use retryable::{Clock, Moment};

std::thread_local! {
    /// Not in the calls, of which there are millions.
    static NOW: Cell<u32> = const { Cell::new(0) };
}

pub(crate) fn set_now(now: u32) {
    NOW.set(now);
}

/// When a call began, and its deadline, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    started: u32,
    deadline: u32,
}

/// Later than every run.
const NEVER: u32 = u32::MAX;

impl Times {
    /// A call that is not measured.
    pub(crate) const NEVER: Self = Self {
        started: NEVER,
        deadline: NEVER,
    };
}

impl Clock for Times {
    fn now(&self) -> Moment {
        moment(NOW.get())
    }
}

impl Measure for Times {
    /// The clock is the thread's.
    type Clock = Self;

    fn clock(&self) -> &Self {
        self
    }

    fn into_clock(self) -> Self {
        self
    }

    fn begin(&mut self, deadline: Option<Duration>, timed: bool) {
        if timed || deadline.is_some() {
            self.started = NOW.get();
        }
        if let Some(deadline) = deadline {
            self.deadline = self.started.saturating_add(millis(deadline));
        }
    }

    fn started(&self) -> Moment {
        moment(self.started)
    }

    fn elapsed(&self) -> Option<Duration> {
        (self.started != NEVER).then(|| self.now().since(self.started()))
    }

    fn wait(&mut self, _: Duration) {}

    /// Only hooks and reports ask for it.
    fn slept_nanos(&self) -> u64 {
        0
    }

    fn deadline(&self) -> Moment {
        moment(self.deadline)
    }
}

fn moment(millis: u32) -> Moment {
    let since_epoch = match millis {
        NEVER => Duration::MAX,
        millis => Duration::from_millis(millis.into()),
    };
    Moment::EPOCH.after(since_epoch)
}

/// Converts to milliseconds, rounded up: a wait is never shortened.
pub(crate) fn millis(duration: Duration) -> u32 {
    let millis = duration
        .as_secs()
        .saturating_mul(1000)
        .saturating_add(duration.subsec_micros().div_ceil(1000).into());
    u32::try_from(millis).unwrap_or(NEVER)
}
