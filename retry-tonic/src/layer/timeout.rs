//! The header `grpc-timeout`.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

pub(super) static GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// The units, from the shortest, with their nanoseconds
/// (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests>).
const UNITS: [(char, u128); 6] = [
    ('n', 1),
    ('u', 1_000),
    ('m', 1_000_000),
    ('S', 1_000_000_000),
    ('M', 60_000_000_000),
    ('H', 3_600_000_000_000),
];

/// The largest number: eight digits.
const MOST: u128 = 99_999_999;

/// Reads a timeout. `None` if the value is not one.
pub(super) fn parse(value: &HeaderValue) -> Option<Duration> {
    let value = value.to_str().ok()?;
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (_, nanos) = UNITS.iter().find(|(name, _)| unit.starts_with(*name))?;
    let number: u64 = digits.parse().ok()?;
    // Both fit: the longest is 99,999,999 hours.
    let nanos = u128::from(number) * nanos;
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let below = u32::try_from(nanos % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, below))
}

/// Writes a timeout in the shortest unit that has room for it, rounded down.
pub(super) fn format(timeout: Duration) -> HeaderValue {
    let nanos = timeout.as_nanos();
    let fits = |(_, unit): &&(char, u128)| nanos / unit <= MOST;
    let (name, unit) = UNITS.iter().find(fits).unwrap_or(&UNITS[5]);
    let text = format!("{}{name}", (nanos / unit).min(MOST));
    // Digits and a letter are a valid value.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("0n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_timeout_is_a_number_of_up_to_eight_digits_and_a_unit() {
        let valid = [
            ("0n", Duration::ZERO),
            ("1S", Duration::from_secs(1)),
            ("250m", Duration::from_millis(250)),
            ("7u", Duration::from_micros(7)),
            ("2M", Duration::from_secs(120)),
            ("99999999H", Duration::from_secs(99_999_999 * 3_600)),
        ];
        for (text, timeout) in valid {
            assert_eq!(
                parse(&HeaderValue::from_static(text)),
                Some(timeout),
                "{text}"
            );
        }
        for text in [
            "",
            "1",
            "S",
            "1s",
            "123456789n",
            "-1S",
            "+1S",
            "1.5S",
            "1 S",
            "1\u{b5}",
        ] {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            assert_eq!(parse(&value), None, "{text}");
        }
    }

    #[test]
    fn a_timeout_is_written_in_the_shortest_unit_with_room_for_it() {
        let written = [
            (Duration::ZERO, "0n"),
            (Duration::from_millis(1), "1000000n"),
            (Duration::from_secs(1), "1000000u"),
            (Duration::from_secs(600), "600000m"),
            (Duration::MAX, "99999999H"),
        ];
        for (timeout, text) in written {
            assert_eq!(format(timeout), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_never_longer_than_the_timeout(seconds in 0..100_000_000_u64, nanos in 0..1_000_000_000_u32) {
            let timeout = Duration::new(seconds, nanos);
            let read = parse(&format(timeout)).unwrap();
            prop_assert!(read <= timeout);
            // At least five digits are left: a unit is at most a thousand times the one before it.
            prop_assert!(read + timeout / 99_999 >= timeout);
        }
    }
}
