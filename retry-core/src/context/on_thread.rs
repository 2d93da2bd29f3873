//! The current attempt, kept on the thread that polls or calls it.

use core::cell::Cell;

use super::Frame;

std::thread_local! {
    static CURRENT: Cell<Frame> = const { Cell::new(Frame::NONE) };
}

pub(super) fn get() -> Frame {
    CURRENT.get()
}

pub(super) fn set(frame: Frame) {
    CURRENT.set(frame);
}
