//! How a call measures its time, or that it does not.

use core::time::Duration;

use crate::{Clock, Moment};

/// What a call needs of time.
pub trait Measure: Clock {
    /// The call begins.
    fn begin(&mut self, deadline: Option<Duration>, timed: bool);

    /// Since the call began; `None` where nothing asked for it at the beginning.
    fn elapsed(&self) -> Option<Duration>;

    /// When the call must have ended; [`Moment::NEVER`] where it has no deadline.
    fn deadline(&self) -> Moment;
}

/// A clock, and where it stood when the call began.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch<C> {
    pub(super) clock: C,
    started: Moment,
    deadline: Moment,
}

impl<C> Stopwatch<C> {
    pub(crate) const fn new(clock: C) -> Self {
        Self {
            clock,
            started: Moment::NEVER,
            deadline: Moment::NEVER,
        }
    }
}

impl<C: Clock> Clock for Stopwatch<C> {
    fn now(&self) -> Moment {
        self.clock.now()
    }
}

impl<C: Clock> Measure for Stopwatch<C> {
    fn begin(&mut self, deadline: Option<Duration>, timed: bool) {
        if !timed && deadline.is_none() {
            return;
        }
        self.started = self.clock.now();
        if let Some(deadline) = deadline {
            self.deadline = self.started.after(deadline);
        }
    }

    fn elapsed(&self) -> Option<Duration> {
        (self.started != Moment::NEVER).then(|| self.clock.now().since(self.started))
    }

    fn deadline(&self) -> Moment {
        self.deadline
    }
}

/// For annotated functions without a deadline and without hooks: it makes their futures smaller. The
/// clock is read only where an attempt around the call has a deadline.
#[derive(Clone, Copy, Debug)]
pub struct Untimed;

impl Clock for Untimed {
    #[cfg(feature = "std")]
    fn now(&self) -> Moment {
        crate::DefaultTimer.now()
    }

    #[cfg(not(feature = "std"))]
    fn now(&self) -> Moment {
        Moment::EPOCH
    }
}

impl Measure for Untimed {
    fn begin(&mut self, _: Option<Duration>, _: bool) {}

    fn elapsed(&self) -> Option<Duration> {
        None
    }

    fn deadline(&self) -> Moment {
        Moment::NEVER
    }
}
