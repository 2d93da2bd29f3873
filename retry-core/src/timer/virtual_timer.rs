//! `VirtualTimer`: a clock that moves only when a call waits with it.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{BlockingTimer, Clock, Moment, Timer};

/// A clock for tests: waiting moves it forward and takes no time. Clones share one clock.
///
/// # Examples
///
/// ```
/// use retryable::{Policy, VirtualTimer, transient};
/// use std::time::Duration;
///
/// let timer = VirtualTimer::new();
/// let policy = Policy::fixed(Duration::from_secs(3600)).max_attempts(3);
/// let (outcome, report) = policy
///     .blocking_with(&timer, || Err::<(), _>(transient("down")))
///     .report();
/// assert!(outcome.is_err());
/// assert_eq!(report.slept, timer.time());
/// ```
#[derive(Clone, Debug, Default)]
pub struct VirtualTimer {
    /// `Relaxed` everywhere: the clock is this one word, and orders nothing else.
    nanos: Arc<AtomicU64>,
}

impl VirtualTimer {
    /// Makes a clock at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the time of the clock.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }

    /// Moves the clock forward, as an attempt that takes time would.
    pub fn advance(&self, by: Duration) {
        let advance = |nanos| Some(after(nanos, by));
        // The closure always returns `Some`.
        let _ = self
            .nanos
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, advance);
    }
}

fn after(nanos: u64, by: Duration) -> u64 {
    nanos.saturating_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX))
}

impl Clock for VirtualTimer {
    fn now(&self) -> Moment {
        Moment::EPOCH.after(self.time())
    }

    /// The address of the word that clones share: no other clock has it while this one exists.
    fn epoch(&self) -> u64 {
        let address = Arc::as_ptr(&self.nanos).addr();
        u64::try_from(address).unwrap_or(u64::MAX)
    }
}

impl Timer for VirtualTimer {
    type Sleep = VirtualSleep;

    fn sleep(&self, duration: Duration) -> VirtualSleep {
        let now = self.nanos.load(Ordering::Relaxed);
        VirtualSleep {
            timer: self.clone(),
            until: after(now, duration),
        }
    }
}

/// A wait with a [`VirtualTimer`].
///
/// The clock moves when the wait is polled, not when it is made: a timeout that an attempt does not reach takes no
/// time.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct VirtualSleep {
    timer: VirtualTimer,
    until: u64,
}

impl Future for VirtualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.timer.nanos.fetch_max(self.until, Ordering::Relaxed);
        Poll::Ready(())
    }
}

impl BlockingTimer for VirtualTimer {
    fn block(&self, duration: Duration) {
        self.advance(duration);
    }
}
