//! Randomness: the thread's generator, or with a seed a small one for each retry, whose whole state is a `u64`.

/// Returns the state of the generator with this seed before retry number `retry`. Every retry draws from its own stream, so that a
/// call stores only its seed. The finalizer of `SplitMix64` (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", 2014), so that similar seeds draw different numbers.
pub(crate) const fn mix(seed: u64, retry: u32) -> u64 {
    // 2^64 divided by the golden ratio, and odd: multiples of it are far apart. The other numbers are the paper's too.
    let golden = 0x9e37_79b9_7f4a_7c15_u64;
    let mut state = seed.wrapping_add(golden.wrapping_mul(retry as u64 + 1));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Draws 64 bits. Returns them and the next state.
pub(crate) fn draw(state: u64) -> (u64, u64) {
    let mut generator = fastrand::Rng::with_seed(state);
    let drawn = generator.u64(..);
    (drawn, generator.get_seed())
}

/// Draws 64 bits for a retry whose policy has no seed.
#[cfg(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))]
pub(crate) use crate::web::entropy as draw_fresh;

/// Draws 64 bits for a retry whose policy has no seed: from the thread's generator.
#[cfg(all(
    feature = "std",
    not(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))
))]
pub(crate) fn draw_fresh() -> u64 {
    fastrand::u64(..)
}

/// Draws 64 bits for a retry whose policy has no seed. Without `std` there is no source of entropy: the retries of one
/// process differ from each other, but two devices that boot in the same way draw the same numbers. Set
/// `Policy::seed` there.
#[cfg(not(feature = "std"))]
pub(crate) fn draw_fresh() -> u64 {
    use core::sync::atomic::{AtomicUsize, Ordering};

    static DRAWN: AtomicUsize = AtomicUsize::new(0);
    // Not `fetch_add`, which small targets lack: two concurrent retries may draw the same number. `Relaxed`, because the
    // number orders nothing else.
    let drawn = DRAWN.load(Ordering::Relaxed);
    DRAWN.store(drawn.wrapping_add(1), Ordering::Relaxed);
    mix(drawn as u64, 0)
}
