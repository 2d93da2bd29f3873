//! The traits for clocks and waiting.

use core::future::Future;
use core::time::Duration;

use super::Moment;

/// A monotonic clock.
#[diagnostic::on_unimplemented(
    message = "there is no clock to measure this call by",
    note = "enable the feature `tokio` or `std`, or pass your own clock: `policy.start_with(clock)`"
)]
pub trait Clock {
    /// Returns the time now.
    fn now(&self) -> Moment;

    /// Whether this is the default timer, whose waits a test can skip.
    #[cfg(feature = "test-util")]
    #[doc(hidden)]
    fn is_default_timer(&self) -> bool {
        false
    }
}

/// A clock that can be awaited.
///
/// A call measures its time with the clock with which it waits, so that a deadline counts virtual time under tokio's
/// paused clock.
#[diagnostic::on_unimplemented(
    message = "there is no timer to wait with between attempts",
    note = "enable the feature `tokio`, or pass your own timer: `policy.run_with(timer, ..)`"
)]
pub trait Timer: Clock {
    /// The wait. It completes when the time is over; dropping it ends the wait.
    type Sleep: Future<Output = ()>;

    /// Begins a wait.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// A clock that can block the thread.
#[diagnostic::on_unimplemented(
    message = "there is no timer to block the thread with between attempts",
    note = "enable the feature `std`, or pass your own timer: `policy.blocking_with(timer, ..)`"
)]
pub trait BlockingTimer: Clock {
    /// Blocks the thread until the time is over.
    fn block(&self, duration: Duration);
}

/// A timer may be shared by reference.
impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Moment {
        (**self).now()
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        (**self).is_default_timer()
    }
}

impl<T: Timer> Timer for &T {
    type Sleep = T::Sleep;

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        (**self).sleep(duration)
    }
}

impl<T: BlockingTimer> BlockingTimer for &T {
    fn block(&self, duration: Duration) {
        (**self).block(duration);
    }
}
