//! The timer that is used where none is named.

/// tokio's clock and timer with the feature `tokio`; the clock of `std` without it, and in any case
/// its blocking sleep. Without `std`, it can do nothing: give a timer of your own.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTimer;

#[cfg(feature = "std")]
impl crate::Clock for DefaultTimer {
    fn now(&self) -> crate::Moment {
        #[cfg(feature = "tokio")]
        let now = tokio::time::Instant::now().into_std();
        #[cfg(not(feature = "tokio"))]
        let now = std::time::Instant::now();
        now.into()
    }
}

#[cfg(feature = "tokio")]
impl crate::Timer for DefaultTimer {
    type Sleep = tokio::time::Sleep;

    fn sleep(&self, duration: core::time::Duration) -> tokio::time::Sleep {
        tokio::time::sleep(duration)
    }
}

#[cfg(feature = "std")]
impl crate::BlockingTimer for DefaultTimer {
    fn block(&self, duration: core::time::Duration) {
        std::thread::sleep(duration);
    }
}
