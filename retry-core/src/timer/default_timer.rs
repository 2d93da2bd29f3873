//! `DefaultTimer`: the timer of a call for which none is set.

/// The timer of a call for which none is set.
///
/// With the feature `tokio`, it has tokio's clock and timer; without it, the clock of `std`. Blocking waits use
/// `std::thread::sleep`. Without `std`, it does nothing: pass your own timer.
///
/// Outside of a tokio runtime, an awaited call waits with a thread that sleeps, one for each wait, so that it is
/// retried under any executor. For many calls, pass the timer of that executor:
/// [`Policy::run_with`](crate::Policy::run_with).
///
/// # Panics
///
/// In a tokio runtime that was built without its timer, tokio panics at the first wait. Build the runtime
/// with `enable_time()` or `enable_all()`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTimer;

#[cfg(feature = "std")]
impl super::Clock for DefaultTimer {
    fn now(&self) -> super::Moment {
        #[cfg(feature = "tokio")]
        let now = tokio::time::Instant::now().into_std();
        #[cfg(not(feature = "tokio"))]
        let now = std::time::Instant::now();
        now.into()
    }

    #[cfg(feature = "test-util")]
    fn is_default_timer(&self) -> bool {
        true
    }

    #[inline]
    fn epoch(&self) -> u64 {
        super::DEFAULT_EPOCH
    }
}

#[cfg(feature = "tokio")]
impl super::Timer for DefaultTimer {
    type Sleep = super::DefaultSleep;

    fn sleep(&self, duration: core::time::Duration) -> super::DefaultSleep {
        super::DefaultSleep::new(duration)
    }
}

#[cfg(feature = "std")]
impl super::BlockingTimer for DefaultTimer {
    fn block(&self, duration: core::time::Duration) {
        std::thread::sleep(duration);
    }
}
