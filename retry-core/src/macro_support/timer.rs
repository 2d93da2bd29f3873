//! What `timer = …` takes.
//!
//! As in `checked.rs`, a checked timer brings the functions that its proof is about, so that the compiler reports a
//! value that is no timer once, and not again at every use.

use core::future::Future;
use core::time::Duration;

use crate::timer::{BlockingTimer, Clock, Moment, Timer};

/// The timer of an `async fn`.
pub fn timer<T: KeyTimer<S>, S>(timer: T) -> CheckedTimer<T, S> {
    CheckedTimer {
        now: T::now,
        epoch: T::epoch,
        #[cfg(feature = "test-util")]
        is_default_timer: T::is_default_timer,
        wait: T::wait,
        timer,
    }
}

/// The timer of a blocking function.
pub fn blocking_timer<T: KeyBlockingTimer>(timer: T) -> CheckedTimer<T, ()> {
    CheckedTimer {
        now: T::now,
        epoch: T::epoch,
        #[cfg(feature = "test-util")]
        is_default_timer: T::is_default_timer,
        wait: T::wait,
        timer,
    }
}

/// A timer of the user's. Generated code lends it.
#[derive(Debug)]
pub struct CheckedTimer<T, S> {
    timer: T,
    now: fn(&T) -> Moment,
    epoch: fn(&T) -> u64,
    #[cfg(feature = "test-util")]
    is_default_timer: fn(&T) -> bool,
    wait: fn(&T, Duration) -> S,
}

impl<T, S> Clock for CheckedTimer<T, S> {
    fn now(&self) -> Moment {
        (self.now)(&self.timer)
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        (self.is_default_timer)(&self.timer)
    }

    fn epoch(&self) -> u64 {
        (self.epoch)(&self.timer)
    }
}

#[diagnostic::do_not_recommend]
impl<T, S: Future<Output = ()>> Timer for CheckedTimer<T, S> {
    type Sleep = S;

    fn sleep(&self, duration: Duration) -> S {
        (self.wait)(&self.timer, duration)
    }
}

#[diagnostic::do_not_recommend]
impl<T> BlockingTimer for CheckedTimer<T, ()> {
    fn block(&self, duration: Duration) {
        (self.wait)(&self.timer, duration);
    }
}

/// A `Timer`, by a name that explains itself.
#[diagnostic::on_unimplemented(
    message = "`timer` takes a `Timer`, such as `timer = &self.timer`, not `{Self}`",
    label = "this is no `Timer`",
    note = "an `async fn` waits with a `Timer`, and a blocking function with a `BlockingTimer`"
)]
pub trait KeyTimer<S> {
    /// The time now.
    fn now(&self) -> Moment;
    /// The epoch of the clock.
    fn epoch(&self) -> u64;
    /// Whether a test can skip its waits.
    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool;
    /// Begins to wait.
    fn wait(&self, duration: Duration) -> S;
}

#[diagnostic::do_not_recommend]
impl<T: Timer> KeyTimer<T::Sleep> for T {
    fn now(&self) -> Moment {
        Clock::now(self)
    }

    fn epoch(&self) -> u64 {
        Clock::epoch(self)
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        Clock::is_default_timer(self)
    }

    fn wait(&self, duration: Duration) -> T::Sleep {
        self.sleep(duration)
    }
}

/// A `BlockingTimer`, by a name that explains itself.
#[diagnostic::on_unimplemented(
    message = "`timer` takes a `BlockingTimer`, such as `timer = &self.timer`, not `{Self}`",
    label = "this is no `BlockingTimer`",
    note = "a blocking function waits with a `BlockingTimer`, and an `async fn` with a `Timer`"
)]
pub trait KeyBlockingTimer {
    /// The time now.
    fn now(&self) -> Moment;
    /// The epoch of the clock.
    fn epoch(&self) -> u64;
    /// Whether a test can skip its waits.
    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool;
    /// Waits.
    fn wait(&self, duration: Duration);
}

#[diagnostic::do_not_recommend]
impl<T: BlockingTimer> KeyBlockingTimer for T {
    fn now(&self) -> Moment {
        Clock::now(self)
    }

    fn epoch(&self) -> u64 {
        Clock::epoch(self)
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        Clock::is_default_timer(self)
    }

    fn wait(&self, duration: Duration) {
        self.block(duration);
    }
}
