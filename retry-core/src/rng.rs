//! Randomness: one small generator a call, whose whole state is a `u64`.

/// Draws from `0.0..1.0`; gives back the next state beside it.
pub(crate) fn draw(state: u64) -> (f64, u64) {
    let mut generator = fastrand::Rng::with_seed(state);
    let drawn = generator.f64();
    (drawn, generator.get_seed())
}

/// A seed for a call whose policy names none: from the thread's generator.
#[cfg(feature = "std")]
pub(crate) fn fresh_seed() -> u64 {
    fastrand::u64(..)
}

/// A seed for a call whose policy names none. Without `std` there is no entropy to be had: calls of
/// one process differ from one another, while two devices that boot alike draw alike.
/// `Policy::seed` is the remedy.
#[cfg(not(feature = "std"))]
pub(crate) fn fresh_seed() -> u64 {
    use core::sync::atomic::{AtomicUsize, Ordering};

    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed) as u64;
    fastrand::Rng::with_seed(call).u64(..)
}
