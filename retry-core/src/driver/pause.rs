//! The wait before a retry.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::{CallState, Measure};
use crate::timer::{BlockingTimer, Clock, Timer};

pin_project! {
    /// A wait with a timer, as a future. Made by a [`Delay`](crate::Delay).
    ///
    /// A delay of zero does not use the timer, which would round it up: tokio's to a whole millisecond. It yields
    /// once, so that calls which fail at once do not starve other tasks.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Pause<S> {
        #[pin]
        wait: Wait<S>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = Projected]
    enum Wait<S> {
        Sleep { #[pin] sleep: S },
        Yield,
        Done,
    }
}

impl<S> Pause<S> {
    /// Begins the wait.
    pub(crate) fn new(timer: &impl Timer<Sleep = S>, delay: Duration) -> Self {
        let wait = if is_none(timer, delay) {
            Wait::Yield
        } else {
            let sleep = timer.sleep(delay);
            Wait::Sleep { sleep }
        };
        Self { wait }
    }
}

impl<S: Future<Output = ()>> Future for Pause<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut wait = self.project().wait;
        match wait.as_mut().project() {
            Projected::Sleep { sleep } => ready!(sleep.poll(cx)),
            Projected::Yield => {
                wait.set(Wait::Done);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Projected::Done => {}
        }
        Poll::Ready(())
    }
}

pin_project! {
    /// A wait between the attempts of a call, which it owns and returns.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct OwningPause<M, S> {
        call: CallState<M>,
        #[pin]
        pause: Pause<S>,
    }
}

impl<M, S> OwningPause<M, S> {
    pub(crate) fn new(call: CallState<M>, pause: Pause<S>) -> Self {
        Self { call, pause }
    }
}

impl<M: Measure + Clone, S: Future<Output = ()>> Future for OwningPause<M, S> {
    type Output = CallState<M>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<CallState<M>> {
        let this = self.project();
        this.pause.poll(cx).map(|()| this.call.hand_back())
    }
}

/// Blocks the thread for `delay`. Zero does not use the timer.
pub(crate) fn block(timer: &impl BlockingTimer, delay: Duration) {
    if !is_none(timer, delay) {
        timer.block(delay);
    }
}

/// Whether there is nothing to wait for. Only a test can skip a delay.
#[cfg_attr(
    not(feature = "test-util"),
    expect(unused_variables, reason = "only a test asks for the timer")
)]
fn is_none(timer: &impl Clock, delay: Duration) -> bool {
    #[cfg(feature = "test-util")]
    if crate::testing::skips_waits(timer) {
        return true;
    }
    delay.is_zero()
}
