//! The wait that `retry.again(error)?` returns.

use core::future::IntoFuture;
use core::time::Duration;

use super::{Pause, block};
use crate::timer::{BlockingTimer, Timer};

/// A wait before the next attempt: `.await` it, [`block`](Self::block) on it, or take its
/// [`duration`](Self::duration) and wait by other means.
///
/// # Panics
///
/// Awaiting it does in a tokio runtime that was built without its timer:
/// [`DefaultTimer`](crate::DefaultTimer#panics) says what to write there.
///
/// # Cancel safety
///
/// Dropping it, or the future that it becomes, only ends the wait.
#[derive(Clone, Copy, Debug)]
#[must_use = "a delay does nothing until it is awaited or blocked on"]
pub struct Delay<T> {
    pub(super) duration: Duration,
    pub(super) timer: T,
}

impl<T> Delay<T> {
    /// Returns the length of the wait.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Blocks the thread until the wait is over.
    pub fn block(self)
    where
        T: BlockingTimer,
    {
        block(&self.timer, self.duration);
    }
}

impl<T> IntoFuture for Delay<T>
where
    T: Timer, // `DefaultTimer` is one with the feature `tokio` or `smol`; without, `delay.block()`
{
    type Output = ();
    type IntoFuture = Pause<T::Sleep>;

    fn into_future(self) -> Pause<T::Sleep> {
        Pause::new(&self.timer, self.duration)
    }
}
