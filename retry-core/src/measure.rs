//! How a call measures its time, if it does.

use core::time::Duration;

use crate::context::mark_enclosing;
use crate::timer::{Clock, DEFAULT_EPOCH, Moment};

/// A clock, and the times of one call.
pub trait Measure: Clock {
    /// The clock alone.
    type Clock;

    /// Returns the clock.
    fn clock(&self) -> &Self::Clock;

    /// Returns the clock, for another measure of a call that has not begun.
    fn into_clock(self) -> Self::Clock;

    /// Begins the call. `timed`: measure it even without a deadline.
    fn begin(&mut self, deadline: Option<Duration>, timed: bool);

    /// Begins a call that has overrides. `timed`: they limit its time, or the code does.
    #[cfg(feature = "overrides")]
    fn begin_overridden(&mut self, _timed: bool) {}

    /// Returns when the call began; `Moment::NEVER` if it is not measured.
    fn started(&self) -> Moment;

    /// Returns the time since the call began; `None` if it is not measured.
    fn elapsed(&self) -> Option<Duration>;

    /// Adds a wait.
    fn wait(&mut self, delay: Duration);

    /// Returns the sum of all waits in nanoseconds; zero if the call is not measured.
    fn slept_nanos(&self) -> u64;

    /// Returns the sum of all waits; zero if the call is not measured.
    fn slept(&self) -> Duration {
        Duration::from_nanos(self.slept_nanos())
    }

    /// Returns when the call must have ended; `Moment::NEVER` if it has no deadline.
    fn deadline(&self) -> Moment;

    /// The call has given up, as the enclosing attempt must know.
    fn mark_enclosing(&mut self) {
        mark_enclosing();
    }
}

/// A clock, the time at which the call began, its deadline, and the sum of its waits.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch<C> {
    clock: C,
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

impl<C: Clock> Stopwatch<C> {
    /// Lowers the deadline to the end of this time from now. It never raises it.
    pub(crate) fn lower_deadline(&mut self, deadline: Duration) {
        self.deadline = self.deadline.min(self.clock.now().after(deadline));
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

    #[inline]
    fn epoch(&self) -> u64 {
        self.clock.epoch()
    }
}

impl<C: Clock> Measure for Stopwatch<C> {
    type Clock = C;

    fn clock(&self) -> &C {
        &self.clock
    }

    fn into_clock(self) -> C {
        self.clock
    }

    #[inline]
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

    fn slept_nanos(&self) -> u64 {
        self.slept
    }

    fn deadline(&self) -> Moment {
        self.deadline
    }
}

/// No measurement. For calls without a time limit and without hooks: it makes their futures smaller. The clock is read
/// only if an enclosing attempt has a deadline.
#[derive(Clone, Copy, Debug)]
pub struct Untimed<C = DefaultClock> {
    clock: C,
    /// When the call began, if its overrides limit its time.
    #[cfg(feature = "overrides")]
    started: Moment,
    /// The sum of the waits in nanoseconds, which a metric has.
    #[cfg(feature = "metrics")]
    slept: u64,
}

impl Untimed {
    /// No measurement, before the call of an annotated function.
    pub const NEW: Self = Self::new(DefaultClock);
}

impl<C> Untimed<C> {
    pub(crate) const fn new(clock: C) -> Self {
        Self {
            clock,
            #[cfg(feature = "overrides")]
            started: Moment::NEVER,
            #[cfg(feature = "metrics")]
            slept: 0,
        }
    }
}

impl<C: Clock> Clock for Untimed<C> {
    #[inline]
    fn now(&self) -> Moment {
        self.clock.now()
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        self.clock.is_default_timer()
    }

    #[inline]
    fn epoch(&self) -> u64 {
        self.clock.epoch()
    }
}

/// The clock of [`DefaultTimer`](crate::DefaultTimer), on targets too on which that is not one.
#[derive(Clone, Copy, Debug)]
pub struct DefaultClock;

impl Clock for DefaultClock {
    #[inline]
    fn now(&self) -> Moment {
        crate::timer::now()
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        true
    }

    #[inline]
    fn epoch(&self) -> u64 {
        DEFAULT_EPOCH
    }
}

impl<C: Clock> Measure for Untimed<C> {
    type Clock = C;

    fn clock(&self) -> &C {
        &self.clock
    }

    fn into_clock(self) -> C {
        self.clock
    }

    fn begin(&mut self, _: Option<Duration>, _: bool) {}

    #[cfg(feature = "overrides")]
    #[inline]
    fn begin_overridden(&mut self, timed: bool) {
        if timed {
            self.started = self.now();
        }
    }

    #[cfg(feature = "overrides")]
    fn started(&self) -> Moment {
        self.started
    }

    #[cfg(not(feature = "overrides"))]
    fn started(&self) -> Moment {
        Moment::NEVER
    }

    fn elapsed(&self) -> Option<Duration> {
        None
    }

    #[cfg(feature = "metrics")]
    fn wait(&mut self, delay: Duration) {
        let delay = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        self.slept = self.slept.saturating_add(delay);
    }

    #[cfg(feature = "metrics")]
    fn slept_nanos(&self) -> u64 {
        self.slept
    }

    #[cfg(not(feature = "metrics"))]
    fn wait(&mut self, _: Duration) {}

    #[cfg(not(feature = "metrics"))]
    fn slept_nanos(&self) -> u64 {
        0
    }

    fn deadline(&self) -> Moment {
        Moment::NEVER
    }
}
