//! Duration arithmetic that saturates: no factor, retry number or duration panics or wraps.

use core::time::Duration;

use crate::invalid_policy::InvalidPolicy;

const NANOS_PER_SEC: u128 = 1_000_000_000;

/// Returns `duration · by`, for `by` in `0.0..=1.0`. Never more than `duration`.
pub(crate) fn scale(duration: Duration, by: f64) -> Duration {
    from_nanos(nanos(duration) * by).min(duration)
}

/// Returns `whole · bits / 2^64`: less than `whole`, unless that is zero.
pub(super) fn part(whole: Duration, bits: u64) -> Duration {
    match short_nanos(whole) {
        Some(nanos) => Duration::from_nanos(part_of_nanos(nanos, bits)),
        // More than 584 years, to a second.
        None => Duration::from_secs(part_of_nanos(whole.as_secs(), bits)),
    }
}

/// Does what [`part`] does, for a number of any unit.
#[inline]
pub(super) fn part_of_nanos(whole: u64, bits: u64) -> u64 {
    // The upper half of the product.
    let product = u128::from(whole) * u128::from(bits);
    u64::try_from(product >> u64::BITS).unwrap_or(whole)
}

/// Returns `min(cap, base · factor^exponent)`, for a finite factor above 0.
pub(crate) fn grow(base: Duration, factor: f64, exponent: u32, cap: Duration) -> Duration {
    // Nearly every shape doubles, and whole numbers do that faster.
    if is_doubling(factor) {
        if let (Some(base), Some(cap)) = (short_nanos(base), short_nanos(cap)) {
            return Duration::from_nanos(double(base, exponent, cap));
        }
    }
    let grown = nanos(base) * power(factor, exponent);
    // `0 · ∞` is NaN: a delay of zero stays zero.
    if grown.is_nan() {
        return Duration::ZERO;
    }
    if grown >= nanos(cap) {
        return cap;
    }
    from_nanos(grown).min(cap)
}

#[inline]
pub(super) fn is_doubling(factor: f64) -> bool {
    factor.to_bits() == 2.0_f64.to_bits()
}

/// Returns `min(cap, base · 2^exponent)`, in nanoseconds.
#[inline]
pub(super) fn double(base: u64, exponent: u32, cap: u64) -> u64 {
    if base == 0 {
        0
    } else if exponent <= base.leading_zeros() {
        (base << exponent).min(cap)
    } else {
        // 2^64 or more.
        cap
    }
}

/// Returns durations as nanoseconds, if each of them is below 272 years: one comparison, and no multiplication that can
/// overflow.
#[inline]
pub(super) fn all_nanos<const N: usize>(durations: [Duration; N]) -> Option<[u64; N]> {
    let secs = durations
        .iter()
        .fold(0, |secs, duration| secs | duration.as_secs());
    (secs >> 33 == 0).then(|| {
        durations.map(|duration| {
            duration.as_secs().wrapping_mul(1_000_000_000) + u64::from(duration.subsec_nanos())
        })
    })
}

/// Returns a duration as nanoseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "what a float loses is under 1 ns below 104 days"
)]
fn nanos(duration: Duration) -> f64 {
    match short_nanos(duration) {
        Some(nanos) => nanos as f64,
        None => duration.as_nanos() as f64,
    }
}

/// Returns a duration as nanoseconds, up to 584 years. `u128` would take longer than the rest of a delay.
pub(crate) fn short_nanos(duration: Duration) -> Option<u64> {
    let nanos = duration.as_secs().checked_mul(1_000_000_000)?;
    nanos.checked_add(duration.subsec_nanos().into())
}

/// Returns a duration of whole nanoseconds, up to `Duration::MAX`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and the remainder is below 10^9"
)]
fn from_nanos(nanos: f64) -> Duration {
    // Below 292 years in one step: an `i64` is what a processor converts to.
    if nanos < i64::MAX as f64 {
        return Duration::from_nanos((nanos as i64).unsigned_abs());
    }
    let nanos = nanos as u128;
    let rest = (nanos % NANOS_PER_SEC) as u32;
    u64::try_from(nanos / NANOS_PER_SEC).map_or(Duration::MAX, |secs| Duration::new(secs, rest))
}

/// Returns `factor^exponent` by repeated squaring, because `f64::powi` needs `std`.
fn power(mut factor: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    // A product that overflows stays infinite.
    while exponent > 0 && product < f64::INFINITY {
        if exponent & 1 == 1 {
            product *= factor;
        }
        factor *= factor;
        exponent >>= 1;
    }
    product
}

/// Returns the cap of a shape for which none is set: 20 s, or its first delay if that is longer.
pub(super) const fn default_cap(first: Duration) -> Duration {
    const CAP: Duration = Duration::from_secs(20);
    if first.as_nanos() > CAP.as_nanos() {
        first
    } else {
        CAP
    }
}

/// Checks the delays of a shape against each other.
pub(super) const fn check_delays(
    first: Duration,
    throttled: Option<Duration>,
    floor: Duration,
    cap: Duration,
) -> Result<(), InvalidPolicy> {
    let cap = cap.as_nanos();
    if cap < first.as_nanos() {
        return Err(InvalidPolicy::Cap);
    }
    if floor.as_nanos() > cap {
        return Err(InvalidPolicy::Floor);
    }
    match throttled {
        Some(throttled)
            if throttled.as_nanos() < first.as_nanos() || throttled.as_nanos() > cap =>
        {
            Err(InvalidPolicy::ThrottledBase)
        }
        _ => Ok(()),
    }
}
