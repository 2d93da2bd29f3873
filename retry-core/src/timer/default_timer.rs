//! `DefaultTimer`: the timer of a call for which none is set.

/// The timer of a call for which none is set.
///
/// An awaited call waits with the timer of the runtime in which the wait begins. The features only say which timers
/// there are:
///
/// | where | feature | timer |
/// |---|---|---|
/// | in a tokio runtime | `tokio` | tokio's |
/// | under any other executor, or none | `smol` | that of async-io: one thread for all waits |
/// | under any other executor, or none | `tokio`, without `smol` | a thread that sleeps, one for each wait |
/// | wasm32-unknown-unknown | `wasm` | `setTimeout`, and `clearTimeout` when a wait is dropped |
///
/// So both features may be on, and no call changes its timer because another crate of the program enables one.
/// Blocking waits use `std::thread::sleep`; on wasm32-unknown-unknown there are none. Without `std`, this timer does
/// nothing: pass your own.
///
/// # Panics
///
/// In a tokio runtime that was built without its timer, tokio panics at the first wait: when an attempt has failed and
/// is to be retried, or when an attempt with a time limit begins. Build the runtime with `enable_time()` or
/// `enable_all()`, or set another timer for the call: `#[retryable(timer = SmolTimer)]`, or
/// [`Policy::run_with`](crate::Policy::run_with). Without a runtime nothing panics.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTimer;

/// `std` has a clock on each target but one.
#[cfg(all(
    feature = "std",
    any(
        feature = "wasm",
        not(all(target_family = "wasm", target_os = "unknown"))
    )
))]
impl super::Clock for DefaultTimer {
    // A reference to the clock would keep the call that it is a part of in memory.
    #[inline]
    fn now(&self) -> super::Moment {
        now()
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

#[cfg(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))]
pub(crate) use crate::web::now;

/// Returns the time by the clock of the process.
#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) fn now() -> super::Moment {
    #[cfg(feature = "tokio")]
    let now = tokio::time::Instant::now().into_std();
    #[cfg(not(feature = "tokio"))]
    let now = std::time::Instant::now();
    now.into()
}

/// There is no clock: time stands still.
#[cfg(not(any(
    all(
        feature = "std",
        not(all(target_family = "wasm", target_os = "unknown"))
    ),
    all(feature = "wasm", target_family = "wasm", target_os = "unknown")
)))]
pub(crate) fn now() -> super::Moment {
    super::Moment::EPOCH
}

#[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
impl super::Timer for DefaultTimer {
    type Sleep = super::DefaultSleep;

    fn sleep(&self, duration: core::time::Duration) -> super::DefaultSleep {
        super::DefaultSleep::new(duration)
    }
}

#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
impl super::BlockingTimer for DefaultTimer {
    fn block(&self, duration: core::time::Duration) {
        std::thread::sleep(duration);
    }
}
