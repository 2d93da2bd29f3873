//! Duration arithmetic that saturates: no factor, retry number or duration panics or wraps.

use core::time::Duration;

use crate::InvalidPolicy;

const NANOS_PER_SEC: u128 = 1_000_000_000;

/// `duration · by`, for `by` in `0.0..=1.0`. Never more than `duration`.
#[expect(clippy::cast_precision_loss, reason = "a delay is spread to 53 bits")]
pub(crate) fn scale(duration: Duration, by: f64) -> Duration {
    from_nanos(duration.as_nanos() as f64 * by).min(duration)
}

/// `min(cap, base · factor^exponent)`, for a factor of at least 1.
#[expect(
    clippy::cast_precision_loss,
    reason = "what a float loses is under 1 ns below 104 days"
)]
pub(crate) fn grow(base: Duration, factor: f64, exponent: u32, cap: Duration) -> Duration {
    let grown = base.as_nanos() as f64 * power(factor, exponent);
    // `0 · ∞` is NaN: nothing grows out of nothing.
    if grown.is_nan() {
        return Duration::ZERO;
    }
    if grown >= cap.as_nanos() as f64 {
        return cap;
    }
    from_nanos(grown).min(cap)
}

/// Whole nanoseconds, up to `Duration::MAX`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and the remainder is below 10^9"
)]
fn from_nanos(nanos: f64) -> Duration {
    if nanos < u64::MAX as f64 {
        return Duration::from_nanos(nanos as u64);
    }
    let nanos = nanos as u128;
    let rest = (nanos % NANOS_PER_SEC) as u32;
    u64::try_from(nanos / NANOS_PER_SEC).map_or(Duration::MAX, |secs| Duration::new(secs, rest))
}

/// By repeated squaring, as `f64::powi` needs `std`.
fn power(mut factor: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= factor;
        }
        factor *= factor;
        exponent >>= 1;
    }
    product
}

/// The cap of a shape whose caller named none: 20 s, or its first delay where that is longer.
pub(super) const fn default_cap(first: Duration) -> Duration {
    const CAP: Duration = Duration::from_secs(20);
    if first.as_nanos() > CAP.as_nanos() {
        first
    } else {
        CAP
    }
}

pub(super) const fn check_cap(first: Duration, cap: Duration) -> Result<(), InvalidPolicy> {
    if cap.as_nanos() < first.as_nanos() {
        return Err(InvalidPolicy::Cap);
    }
    Ok(())
}
