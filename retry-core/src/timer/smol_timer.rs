//! `SmolTimer`: the timer of async-io, for smol, async-std, and executors without a timer.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::time::Instant;

use super::{Clock, DEFAULT_EPOCH, Moment, Timer};

/// The timer of async-io, which smol and async-std use. It works under every executor: one thread of async-io serves
/// all waits.
///
/// [`DefaultTimer`](crate::DefaultTimer) uses it outside of tokio's runtimes. Pass it where a call in a tokio runtime
/// must not use tokio's timer, such as in a runtime that was built without one.
///
/// # Examples
///
/// ```
/// use retryable::{Policy, SmolTimer, transient};
/// use std::time::Duration;
///
/// let policy = Policy::fixed(Duration::from_millis(1)).max_attempts(3);
/// let mut attempts = 0;
/// let outcome = async_io::block_on(policy.run_with(SmolTimer, || {
///     attempts += 1;
///     let up = attempts == 3;
///     async move { if up { Ok("up") } else { Err(transient("down")) } }
/// }));
/// assert_eq!(outcome, Ok("up"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SmolTimer;

impl Clock for SmolTimer {
    fn now(&self) -> Moment {
        Instant::now().into()
    }

    fn epoch(&self) -> u64 {
        DEFAULT_EPOCH
    }
}

impl Timer for SmolTimer {
    type Sleep = SmolSleep;

    fn sleep(&self, duration: Duration) -> SmolSleep {
        SmolSleep::new(duration)
    }
}

/// A wait with the [`SmolTimer`].
#[must_use = "futures do nothing unless they are awaited"]
pub struct SmolSleep(async_io::Timer);

impl SmolSleep {
    pub(super) fn new(duration: Duration) -> Self {
        Self(async_io::Timer::after(duration))
    }
}

impl Future for SmolSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

impl fmt::Debug for SmolSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolSleep").finish_non_exhaustive()
    }
}
