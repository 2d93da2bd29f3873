//! What a driver needs of time.

use core::future::Future;
use core::time::Duration;

use super::Moment;

/// A monotonic clock.
#[diagnostic::on_unimplemented(
    message = "there is no clock to measure this call by",
    note = "enable the feature `tokio` or `std`, or give a clock of your own: `policy.start_with(clock)`"
)]
pub trait Clock {
    /// The time now.
    fn now(&self) -> Moment;

    /// Whether this is the default timer, whose waits a test can skip.
    #[cfg(feature = "test-util")]
    #[doc(hidden)]
    fn is_default_timer(&self) -> bool {
        false
    }
}

/// A clock that can be awaited. Time that a call takes is measured by the same clock that it waits
/// by, so that under tokio's paused clock a deadline counts virtual time.
#[diagnostic::on_unimplemented(
    message = "there is no timer to wait with between attempts",
    note = "enable the feature `tokio`, or give a timer of your own: `policy.run_with(timer, ..)`"
)]
pub trait Timer: Clock {
    /// Completes when the time is over. To drop it is to stop waiting.
    type Sleep: Future<Output = ()>;

    /// Begins to wait.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// A clock that can be waited for by blocking the thread.
#[diagnostic::on_unimplemented(
    message = "there is no timer to block the thread with between attempts",
    note = "enable the feature `std`, or give a timer of your own: `policy.blocking_with(timer, ..)`"
)]
pub trait BlockingTimer: Clock {
    /// Returns when the time is over.
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
