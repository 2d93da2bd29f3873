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
    // The upper half of the product.
    let of = |number: u64| {
        let product = u128::from(number) * u128::from(bits);
        u64::try_from(product >> u64::BITS).unwrap_or(number)
    };
    match short_nanos(whole) {
        Some(nanos) => Duration::from_nanos(of(nanos)),
        // More than 584 years, to a second.
        None => Duration::from_secs(of(whole.as_secs())),
    }
}

/// Returns `min(cap, base · factor^exponent)`, for a finite factor above 0.
pub(crate) fn grow(base: Duration, factor: f64, exponent: u32, cap: Duration) -> Duration {
    // Nearly every shape doubles, and whole numbers do that faster.
    if factor.to_bits() == 2.0_f64.to_bits() {
        if let (Some(base), Some(most)) = (short_nanos(base), short_nanos(cap)) {
            // 2^64 times anything but zero is more than any cap.
            let grown = u128::from(base) << exponent.min(64);
            return u64::try_from(grown).map_or(cap, |grown| Duration::from_nanos(grown.min(most)));
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
