//! The traits for clocks and waiting.

use core::future::Future;
use core::time::Duration;

use super::Moment;

/// A monotonic clock.
#[diagnostic::on_unimplemented(
    message = "there is no clock to measure this call by",
    note = "enable the feature `tokio` or `std`, or pass your own clock: `policy.start_with(clock)`"
)]
#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    diagnostic::on_unimplemented(note = "on this target, only the feature `wasm` has a clock")
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

    /// Returns a number for the epoch of its moments: clocks with one epoch return one number.
    ///
    /// Deadlines of nested calls are compared only if their clocks return the same number. The default,
    /// `u64::MAX`, is that of all clocks which do not implement this method, and never that of
    /// [`DefaultTimer`](crate::DefaultTimer). A clock that reads `std::time::Instant` returns
    /// `DefaultTimer.epoch()`: nested calls then know the deadlines of calls with the default timer.
    fn epoch(&self) -> u64 {
        u64::MAX
    }
}

/// The epoch of `Moment::from(Instant)`.
pub(crate) const DEFAULT_EPOCH: u64 = 0;

/// A clock that can be awaited.
///
/// A call measures its time with the clock with which it waits, so that a deadline counts virtual time under tokio's
/// paused clock.
#[diagnostic::on_unimplemented(
    message = "there is no timer to wait with between attempts",
    note = "enable the feature `tokio` or `smol`, or pass your own timer: `policy.run_with(timer, ..)`"
)]
#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    diagnostic::on_unimplemented(note = "on this target, only the feature `wasm` has a timer")
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
#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    diagnostic::on_unimplemented(
        note = "on this target, no thread can be blocked: make the function `async`"
    )
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

    fn epoch(&self) -> u64 {
        (**self).epoch()
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
