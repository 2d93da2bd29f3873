//! Duration arithmetic that saturates: no factor, retry number or duration panics or wraps.

use core::time::Duration;

use crate::InvalidPolicy;

const NANOS_PER_SEC: f64 = 1e9;

/// `duration · by`, for `by` in `0.0..=1.0`. Never more than `duration`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a delay is spread to 53 bits, and a float cast saturates"
)]
pub(crate) fn scale(duration: Duration, by: f64) -> Duration {
    let scaled = match u64::try_from(duration.as_nanos()) {
        Ok(nanos) => Duration::from_nanos((nanos as f64 * by) as u64),
        Err(_) => Duration::from_secs((duration.as_secs() as f64 * by) as u64),
    };
    scaled.min(duration)
}

/// `min(cap, base · factor^exponent)`, for a factor of at least 1.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what a float loses is under 1 ns below 104 days, and a float cast saturates"
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
    let grown = if grown < u64::MAX as f64 {
        Duration::from_nanos(grown as u64)
    } else {
        Duration::from_secs((grown / NANOS_PER_SEC) as u64)
    };
    grown.min(cap)
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
