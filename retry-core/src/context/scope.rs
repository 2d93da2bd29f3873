//! Setting the current attempt, and restoring what was current before.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Frame, current};
use crate::Moment;
use crate::driver::{Call, Measure};

/// When the attempt must have ended that the code runs in.
pub(crate) fn around_deadline() -> Moment {
    current::get().deadline
}

/// A call gave up: the attempt that it was made in is to know.
pub(crate) fn mark_around() {
    let mut frame = current::get();
    // That of an attempt, which has a maximum, known or not.
    if frame.max > 0 {
        frame.marks = 1;
        current::set(frame);
    }
}

/// Runs `attempt` with the attempt of `call` as the current one.
#[inline]
pub(crate) fn within<M: Measure, T>(call: &mut Call<M>, attempt: impl FnOnce() -> T) -> T {
    let (outcome, frame) = enter(|around| call.frame(around), attempt);
    call.absorb(frame);
    outcome
}

/// Runs `code` in a frame, which is made for the deadline around it. Gives what is left of the frame.
#[inline]
pub(super) fn enter<T>(
    frame: impl FnOnce(Moment) -> Frame,
    code: impl FnOnce() -> T,
) -> (T, Frame) {
    let before = current::get();
    current::set(frame(before.deadline));
    let restore = Restore(before);
    let output = code();
    core::mem::forget(restore);
    (output, current::replace(before))
}

/// Restores on a panic.
struct Restore(Frame);

impl Drop for Restore {
    fn drop(&mut self) {
        current::set(self.0);
    }
}

pin_project! {
    /// An attempt that is the current one while it is polled.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct InAttempt<'c, M, F> {
        call: &'c mut Call<M>,
        #[pin]
        attempt: F,
    }
}

impl<'c, M, F> InAttempt<'c, M, F> {
    pub(crate) fn new(call: &'c mut Call<M>, attempt: F) -> Self {
        Self { call, attempt }
    }
}

impl<M: Measure, F: Future> Future for InAttempt<'_, M, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let attempt = this.attempt;
        within(this.call, || attempt.poll(cx))
    }
}
