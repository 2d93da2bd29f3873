//! `ForeignDeadline`: a deadline that another clock than the default timer measures.

use super::current::replace_foreign;
use crate::timer::{DEFAULT_EPOCH, Moment};

/// The deadline of a call whose clock has its own epoch. Only nested calls with the same epoch compare their time with
/// it, and [`Attempt::remaining`](crate::Attempt::remaining), which reads the default timer, does not see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForeignDeadline {
    pub(crate) epoch: u64,
    pub(crate) deadline: Moment,
}

impl ForeignDeadline {
    pub(super) const NONE: Self = Self {
        epoch: DEFAULT_EPOCH,
        deadline: Moment::NEVER,
    };

    /// Sets this deadline until the guard is dropped. Inside a call with a third epoch, that of the inner call counts.
    // Not inlined, so that the code of the common case stays small.
    #[inline(never)]
    pub(crate) fn enter(self) -> ForeignGuard {
        let enclosing = replace_foreign(self);
        let nearest = self.deadline.min(enclosing.in_epoch(self.epoch));
        replace_foreign(Self {
            deadline: nearest,
            ..self
        });
        ForeignGuard { enclosing }
    }

    /// [`Moment::NEVER`] if the deadline is that of another clock.
    pub(super) fn in_epoch(self, epoch: u64) -> Moment {
        if self.epoch == epoch {
            self.deadline
        } else {
            Moment::NEVER
        }
    }
}

/// Restores what was set before, on a panic too.
#[must_use = "the deadline is set while this exists"]
pub(crate) struct ForeignGuard {
    enclosing: ForeignDeadline,
}

impl Drop for ForeignGuard {
    fn drop(&mut self) {
        replace_foreign(self.enclosing);
    }
}
