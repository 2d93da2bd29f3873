//! The wait before a retry.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::CallState;
use crate::measure::Measure;
use crate::timer::{BlockingTimer, Clock, Timer};

pin_project! {
    /// A wait with a timer, as a future. Made by a [`Delay`](crate::Delay).
    ///
    /// A delay of zero does not use the timer, which would round it up: tokio's to a whole millisecond. Of every 128
    /// such delays on a thread, one yields, so that calls which fail at once do not starve other tasks.
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
        let wait = if is_skipped(timer) {
            Wait::Yield
        } else if delay.is_zero() {
            no_delay()
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
    if !is_skipped(timer) && !delay.is_zero() {
        timer.block(delay);
    }
}

/// Whether the delay is skipped, as only a test can.
#[cfg(feature = "test-util")]
fn is_skipped(timer: &impl Clock) -> bool {
    crate::testing::skips_waits(timer)
}

#[cfg(not(feature = "test-util"))]
fn is_skipped(_: &impl Clock) -> bool {
    false
}

/// A wait for no time. To yield costs ten times as much as such a retry, so a task makes 128 of them before it yields:
/// as many operations as tokio's budget allows. Counted for each thread and not by that budget, which other executors do
/// not have. The task that runs is the only one that counts, so each task yields after 128 retries at the latest.
#[cfg(feature = "std")]
fn no_delay<S>() -> Wait<S> {
    use core::cell::Cell;

    std::thread_local! {
        static COUNTED: Cell<u8> = const { Cell::new(0) };
    }

    let counted = COUNTED.get().wrapping_add(1);
    COUNTED.set(counted);
    if counted % 128 == 0 {
        Wait::Yield
    } else {
        Wait::Done
    }
}

#[cfg(not(feature = "std"))]
fn no_delay<S>() -> Wait<S> {
    Wait::Yield
}
