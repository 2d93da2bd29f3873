//! Without `std` there is no thread-local storage for the current attempt: calls do not know of one another.

use super::{AttemptEffects, CallScope, ForeignDeadline, PackedAttempt};
use crate::timer::Moment;

pub(crate) fn enter<T>(
    _: PackedAttempt,
    _: impl FnOnce() -> CallScope,
    code: impl FnOnce() -> T,
) -> (T, Option<AttemptEffects>) {
    (code(), None)
}

pub(crate) fn enclosing_deadline(_: u64) -> Moment {
    Moment::NEVER
}

pub(super) fn replace_foreign(_: ForeignDeadline) -> ForeignDeadline {
    ForeignDeadline::NONE
}

pub(crate) fn mark_enclosing() -> bool {
    false
}

pub(crate) fn unmark_enclosing() {}
