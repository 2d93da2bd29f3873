//! The current attempt, kept on the thread that polls or calls it.

use core::cell::Cell;

use super::{AttemptEffects, CallScope, ForeignDeadline, Frame, PackedAttempt, identity};
use crate::timer::{DEFAULT_EPOCH, Moment};

std::thread_local! {
    /// The current attempt. If it has no deadline, call number or flag, this word is the whole state, and `SCOPE`
    /// is not touched.
    static CURRENT: Cell<PackedAttempt> = const { Cell::new(PackedAttempt::NONE) };
    static SCOPE: Cell<CallScope> = const { Cell::new(CallScope::CLEAR) };
    /// Apart from `SCOPE`, because few calls have a clock of their own.
    static FOREIGN: Cell<ForeignDeadline> = const { Cell::new(ForeignDeadline::NONE) };
}

/// Runs `code` in this attempt, and restores what was current before, on a panic too. Returns what `code` left
/// behind, if anything. `scope` is asked only if `packed` says that there is one.
// Inlined, because every poll of an attempt comes here, from another crate.
#[inline]
pub(crate) fn enter<T>(
    packed: PackedAttempt,
    scope: impl FnOnce() -> CallScope,
    code: impl FnOnce() -> T,
) -> (T, Option<AttemptEffects>) {
    let before = CURRENT.replace(packed);
    let mut guard = RestoreGuard {
        packed: before,
        scope: None,
    };
    if packed.or_has_scope(before) {
        guard.scope = Some(enter_scope(packed, scope()));
    }
    let output = code();
    // A scope on this thread is a flag of the current word, so this comparison also sees it.
    if CURRENT.get() == packed {
        // Nothing but the word has to be restored, and storing it here is cheaper than the guard's `drop`.
        core::mem::forget(guard);
        CURRENT.set(before);
        return (output, None);
    }
    (output, Some(effects()))
}

/// The attempt that was current before. Dropping this makes it current again.
struct RestoreGuard {
    packed: PackedAttempt,
    /// `None` if it is clear.
    scope: Option<CallScope>,
}

impl Drop for RestoreGuard {
    // Inlined, so that the guard stays in registers: the common case forgets it.
    #[inline]
    fn drop(&mut self) {
        let CallScope {
            call_number,
            deadline,
        } = self.scope.unwrap_or(CallScope::CLEAR);
        restore(self.packed, call_number, deadline);
    }
}

/// Returns what code in the current attempt has left behind.
// Not inlined, so that the common case only compares the current word, and does not keep it.
#[cold]
#[inline(never)]
fn effects() -> AttemptEffects {
    AttemptEffects {
        call_number: SCOPE.get().call_number,
        marked: CURRENT.get().is_marked(),
    }
}

#[cold]
#[inline(never)]
fn restore(packed: PackedAttempt, call_number: u64, deadline: Moment) {
    CURRENT.set(packed);
    SCOPE.set(CallScope {
        call_number,
        deadline,
    });
}

/// Sets the scope of an attempt. Returns that of the enclosing one.
// Not inlined, so that the code of the common case stays small.
#[cold]
#[inline(never)]
fn enter_scope(packed: PackedAttempt, scope: CallScope) -> CallScope {
    CURRENT.set(packed.in_scope());
    let enclosing = SCOPE.get();
    SCOPE.set(CallScope {
        deadline: scope.deadline.min(enclosing.deadline),
        ..scope
    });
    enclosing
}

/// Returns the current attempt, if there is one and its number is known. Assigns a number to its call, if it has
/// none.
pub(super) fn with_call_number() -> Option<Frame> {
    let (packed, mut scope) = (CURRENT.get(), SCOPE.get());
    if packed.number() == 0 {
        return None;
    }
    if scope.call_number == 0 {
        scope.call_number = identity::next_call_number();
        SCOPE.set(scope);
        CURRENT.set(packed.in_scope());
    }
    Some(Frame { packed, scope })
}

/// Returns the number of the current attempt; 0 if there is none, or if its number is not known.
pub(super) fn number() -> u32 {
    CURRENT.get().number()
}

/// Returns the nearest deadline of the attempt that this code runs in, and of those around it, whose clock has this
/// epoch.
#[inline]
pub(crate) fn enclosing_deadline(epoch: u64) -> Moment {
    match epoch {
        DEFAULT_EPOCH => SCOPE.get().deadline,
        epoch => FOREIGN.get().in_epoch(epoch),
    }
}

/// Replaces the nearest deadline that a clock of its own measures.
pub(super) fn replace_foreign(foreign: ForeignDeadline) -> ForeignDeadline {
    FOREIGN.replace(foreign)
}

/// Marks the attempt that this code runs in: a nested call gave up. Returns whether the attempt had no mark before.
pub(crate) fn mark_enclosing() -> bool {
    let packed = CURRENT.get();
    let is_new = packed != PackedAttempt::NONE && !packed.is_marked();
    if is_new {
        CURRENT.set(packed.marked(true));
    }
    is_new
}

/// Removes the mark: the call that set it has a value after all.
pub(crate) fn unmark_enclosing() {
    CURRENT.set(CURRENT.get().marked(false));
}
