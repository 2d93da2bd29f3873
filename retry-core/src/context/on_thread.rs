//! The current attempt, kept on the thread that polls or calls it.

use core::cell::Cell;

use super::Frame;

std::thread_local! {
    static CURRENT: Cell<Frame> = const { Cell::new(Frame::NONE) };
}

// Inlined, as every poll of an attempt comes here, from another crate.

#[inline]
pub(super) fn get() -> Frame {
    CURRENT.get()
}

#[inline]
pub(super) fn set(frame: Frame) {
    CURRENT.set(frame);
}

#[inline]
pub(super) fn replace(frame: Frame) -> Frame {
    CURRENT.replace(frame)
}
