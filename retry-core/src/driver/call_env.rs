//! What a call reads of its surroundings: the time, and in a test the mode.

use core::time::Duration;

use crate::context::enclosing_deadline;
use crate::machine::{Bounds, Env};
use crate::measure::Measure;
#[cfg(feature = "test-util")]
use crate::testing::Skipped;
use crate::timer::{Clock, Moment};

/// The time as the machine asks for it.
pub(super) struct CallEnv<'a, M> {
    pub(super) measure: &'a M,
    #[cfg(feature = "test-util")]
    pub(super) skipped: &'a Skipped,
}

#[cfg(not(feature = "test-util"))]
impl<M: Measure> CallEnv<'_, M> {
    fn now(&self) -> Moment {
        self.measure.now()
    }

    fn started(&self) -> Moment {
        self.measure.started()
    }

    pub(super) fn deadline(&self) -> Moment {
        self.measure.deadline()
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.measure
    }
}

/// Skipped waits count as if they had been waited out.
#[cfg(feature = "test-util")]
impl<M: Measure> CallEnv<'_, M> {
    fn now(&self) -> Moment {
        self.skipped.now(self.measure)
    }

    fn started(&self) -> Moment {
        self.skipped.measured(self.measure.started())
    }

    pub(super) fn deadline(&self) -> Moment {
        self.skipped.measured(self.measure.deadline())
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self
    }
}

impl<M: Measure> Clock for CallEnv<'_, M> {
    fn now(&self) -> Moment {
        CallEnv::now(self)
    }

    fn epoch(&self) -> u64 {
        self.measure.epoch()
    }
}

impl<M: Measure> Env for CallEnv<'_, M> {
    fn bounds(&self, max_elapsed: Option<Duration>) -> Option<Bounds> {
        let outer = enclosing_deadline(self.measure.epoch());
        let max_elapsed = max_elapsed.map_or(Moment::NEVER, |max| self.started().after(max));
        Bounds::new(self.deadline(), outer, max_elapsed, self)
    }

    fn clock(&self) -> &dyn Clock {
        self.clock()
    }
}
