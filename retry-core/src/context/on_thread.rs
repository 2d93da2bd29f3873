//! The current attempt, kept on the thread that polls or calls it.

use core::cell::Cell;

use super::frame::{Brief, Frame, Left, Rest};
use super::identity;
use crate::timer::Moment;

std::thread_local! {
    /// Plain where `REST` is clear. Attempts without a deadline, a name and a mark come and go by this one
    /// word, in one another too.
    static BRIEF: Cell<Brief> = const { Cell::new(Brief::NONE) };
    static REST: Cell<Rest> = const { Cell::new(Rest::CLEAR) };
}

/// Runs `code` in this attempt, and restores what was current before, on a panic too. Gives what was left
/// behind, if anything was.
// Inlined, as every poll of an attempt comes here, from another crate.
#[inline]
pub(crate) fn enter<T>(frame: Frame, code: impl FnOnce() -> T) -> (T, Option<Left>) {
    let before = BRIEF.replace(frame.brief);
    let mut around = Around {
        brief: before,
        rest: None,
    };
    // One test, not two.
    if before.beyond() | frame.rest.bits() > 0 {
        around.enter(frame.brief, frame.rest);
    }
    let output = code();
    if BRIEF.get().beyond() == 0 {
        core::mem::forget(around);
        BRIEF.set(before);
        return (output, None);
    }
    let left = Left {
        call: REST.get().call,
        marked: BRIEF.get().is_marked(),
    };
    (output, Some(left))
}

/// What was current before. It is so again when this is dropped.
struct Around {
    brief: Brief,
    /// `None` where it is clear.
    rest: Option<Rest>,
}

impl Around {
    #[inline(never)]
    fn enter(&mut self, brief: Brief, rest: Rest) {
        let around = REST.get();
        self.rest = Some(around);
        BRIEF.set(brief.not_plain());
        REST.set(Rest {
            deadline: rest.deadline.min(around.deadline),
            ..rest
        });
    }
}

impl Drop for Around {
    #[inline(never)]
    fn drop(&mut self) {
        BRIEF.set(self.brief);
        REST.set(self.rest.unwrap_or(Rest::CLEAR));
    }
}

/// The current attempt, if there is one and its number is known. Its call has a name from now on.
pub(super) fn named() -> Option<Frame> {
    let (brief, mut rest) = (BRIEF.get(), REST.get());
    if brief.number() == 0 {
        return None;
    }
    if rest.call == 0 {
        rest.call = identity::next_call();
        REST.set(rest);
        BRIEF.set(brief.not_plain());
    }
    Some(Frame { brief, rest })
}

/// When the attempt must have ended that the code runs in.
pub(crate) fn around_deadline() -> Moment {
    REST.get().deadline
}

/// A call gave up: the attempt that it was made in is to know.
pub(crate) fn mark_around() {
    let brief = BRIEF.get();
    if brief != Brief::NONE {
        BRIEF.set(brief.marked(true));
    }
}
