//! Randomness: the thread's generator, or with a seed a small one for each retry, whose whole state is a `u64`.

/// 2^64 divided by the golden ratio, and odd: multiples of it are far apart.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the state of the generator with this seed before retry number `retry`. Every retry draws from its own stream,
/// so that a call stores only its seed.
pub(crate) const fn state(seed: u64, retry: u32) -> u64 {
    seed.wrapping_add(GOLDEN.wrapping_mul(retry as u64 + 1))
}

/// Draws 64 bits. Returns them and the next state. `SplitMix64` (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", 2014): its finalizer makes different numbers of similar seeds, so that no second generator is seeded for
/// each retry.
#[inline]
pub(crate) const fn draw(state: u64) -> (u64, u64) {
    // The numbers are the paper's.
    let mut drawn = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // Not by `GOLDEN`: the second draw of a retry would be the first of the next one.
    let next = state.wrapping_add(GOLDEN.rotate_left(32));
    (drawn ^ (drawn >> 31), next)
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
    draw(state(drawn as u64, 0)).0
}
