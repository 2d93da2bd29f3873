//! How a call measures its time, or that it does not.

use core::time::Duration;

use crate::timer::{Clock, Moment};

/// What a call needs of time.
pub trait Measure: Clock {
    /// The call begins.
    fn begin(&mut self, deadline: Option<Duration>, timed: bool);

    /// When the call began; [`Moment::NEVER`] if nothing asked for it at the beginning.
    fn started(&self) -> Moment;

    /// Since the call began; `None` where nothing asked for it at the beginning.
    fn elapsed(&self) -> Option<Duration>;

    /// The call will wait this long.
    fn wait(&mut self, delay: Duration);

    /// Waits in all; zero where nothing asks for it.
    fn slept(&self) -> Duration;

    /// When the call must have ended; [`Moment::NEVER`] where it has no deadline.
    fn deadline(&self) -> Moment;
}

/// A clock, where it stood when the call began, and how long the call has waited.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch<C> {
    pub(super) clock: C,
    started: Moment,
    deadline: Moment,
    /// In nanoseconds: up to 584 years.
    slept: u64,
}

impl<C> Stopwatch<C> {
    pub(crate) const fn new(clock: C) -> Self {
        Self {
            clock,
            started: Moment::NEVER,
            deadline: Moment::NEVER,
            slept: 0,
        }
    }
}

impl<C: Clock> Clock for Stopwatch<C> {
    fn now(&self) -> Moment {
        self.clock.now()
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        self.clock.is_default_timer()
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

    fn started(&self) -> Moment {
        self.started
    }

    fn elapsed(&self) -> Option<Duration> {
        (self.started != Moment::NEVER).then(|| self.clock.now().since(self.started))
    }

    fn wait(&mut self, delay: Duration) {
        let delay = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        self.slept = self.slept.saturating_add(delay);
    }

    fn slept(&self) -> Duration {
        Duration::from_nanos(self.slept)
    }

    fn deadline(&self) -> Moment {
        self.deadline
    }
}

/// For annotated functions without a limit of time and without hooks: it makes their futures smaller. The
/// clock is read only where an attempt around the call has a deadline.
#[derive(Clone, Copy, Debug)]
pub struct Untimed;

impl Clock for Untimed {
    #[cfg(feature = "std")]
    fn now(&self) -> Moment {
        crate::timer::DefaultTimer.now()
    }

    #[cfg(not(feature = "std"))]
    fn now(&self) -> Moment {
        Moment::EPOCH
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        true
    }
}

impl Measure for Untimed {
    fn begin(&mut self, _: Option<Duration>, _: bool) {}

    fn started(&self) -> Moment {
        Moment::NEVER
    }

    fn elapsed(&self) -> Option<Duration> {
        None
    }

    fn wait(&mut self, _: Duration) {}

    fn slept(&self) -> Duration {
        Duration::ZERO
    }

    fn deadline(&self) -> Moment {
        Moment::NEVER
    }
}
