//! `google.rpc.RetryInfo` in the details of a status, without a library of protobuf messages: only two of the fields of
//! three messages count.
//!
//! The details are a `google.rpc.Status`, whose field 3 is a list of `google.protobuf.Any`. The one of the type `RetryInfo`
//! has a `google.protobuf.Duration` in its field 1.

use std::time::Duration;

/// The names in the URL of the type, after its last slash.
const RETRY_INFO: &[u8] = b"google.rpc.RetryInfo";

/// Returns the delay of the `RetryInfo` in these details: zero if it has none. `None` if there is no `RetryInfo`, if its
/// delay is negative, or if the details are not what they should be.
pub(super) fn retry_delay(details: &[u8]) -> Option<Duration> {
    Fields(details).find_map(|field| match field {
        (3, Value::Bytes(any)) => delay_of_any(any),
        _ => None,
    })
}

fn delay_of_any(any: &[u8]) -> Option<Duration> {
    let (mut is_retry_info, mut message) = (false, &[][..]);
    for field in Fields(any) {
        match field {
            (1, Value::Bytes(url)) => {
                let name = url.rsplit(|byte| *byte == b'/').next();
                is_retry_info = name == Some(RETRY_INFO);
            }
            (2, Value::Bytes(value)) => message = value,
            _ => {}
        }
    }
    if !is_retry_info {
        return None;
    }
    let mut delay = &[][..];
    for field in Fields(message) {
        if let (1, Value::Bytes(value)) = field {
            delay = value;
        }
    }
    duration(delay)
}

fn duration(message: &[u8]) -> Option<Duration> {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Fields(message) {
        match field {
            (1, Value::Number(value)) => seconds = value,
            (2, Value::Number(value)) => nanos = value,
            _ => {}
        }
    }
    // A negative number is above `i64::MAX` here.
    let seconds = i64::try_from(seconds).ok()?.unsigned_abs();
    let nanos = u32::try_from(nanos)
        .ok()
        .filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos))
}

enum Value<'m> {
    Number(u64),
    Bytes(&'m [u8]),
    /// Fixed 32 or 64 bits, which none of these messages has.
    Other,
}

/// The fields of a message: <https://protobuf.dev/programming-guides/encoding/>. Ends at the first fault.
struct Fields<'m>(&'m [u8]);

impl<'m> Iterator for Fields<'m> {
    type Item = (u64, Value<'m>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.number()?;
        let value = match tag & 7 {
            0 => Value::Number(self.number()?),
            1 => self.take(8).map(|_| Value::Other)?,
            2 => {
                let length = usize::try_from(self.number()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Other)?,
            _ => return None,
        };
        Some((tag >> 3, value))
    }
}

impl<'m> Fields<'m> {
    fn take(&mut self, length: usize) -> Option<&'m [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Reads a number of up to ten bytes, seven bits each, lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = *self.take(1)?.first()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tonic::{Code, Status};
    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    fn details(details: ErrorDetails) -> Vec<u8> {
        let status = Status::with_error_details(Code::Unavailable, "busy", details);
        status.details().to_vec()
    }

    #[test]
    fn the_delay_is_found_among_other_details() {
        let delay = Duration::new(3, 250_000_000);
        let mut all = ErrorDetails::with_retry_info(Some(delay));
        assert_eq!(retry_delay(&details(all.clone())), Some(delay));
        all.set_debug_info(vec!["at line 1".to_owned()], "secret");
        all.set_request_info("id", "data");
        assert_eq!(retry_delay(&details(all)), Some(delay));
    }

    #[test]
    fn a_retry_info_without_a_delay_asks_for_none() {
        let all = ErrorDetails::with_retry_info(None);
        assert_eq!(retry_delay(&details(all)), Some(Duration::ZERO));
    }

    #[test]
    fn details_without_a_retry_info_say_nothing() {
        assert_eq!(retry_delay(&[]), None);
        let all = ErrorDetails::with_request_info("id", "data");
        assert_eq!(retry_delay(&details(all)), None);
    }

    #[test]
    fn a_negative_delay_says_nothing() {
        // Field 1 is -1, in ten bytes.
        let message = [&[0x08][..], &[0xff; 9], &[0x01]].concat();
        assert_eq!(duration(&message), None);
    }

    proptest! {
        #[test]
        fn every_delay_is_read_as_it_was_written(seconds in 0..=315_576_000_000_u64, nanos in 0..1_000_000_000_u32) {
            let delay = Duration::new(seconds, nanos);
            let all = ErrorDetails::with_retry_info(Some(delay));
            // tonic-types writes no more than the longest duration of protobuf.
            prop_assert_eq!(retry_delay(&details(all)), Some(delay));
        }

        #[test]
        fn bytes_that_are_no_details_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = retry_delay(&bytes);
        }
    }
}
