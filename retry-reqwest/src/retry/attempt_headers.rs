//! The two headers by which one service tells another about its attempt.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
#[cfg(feature = "server")]
use retry_core::Upstream;

#[cfg(feature = "server")]
use crate::classify::{digits, first};

/// Their names, as both sides agreed on them. Without a name, nothing is sent or read.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttemptHeaders {
    pub(crate) attempt: Option<HeaderName>,
    pub(crate) remaining: Option<HeaderName>,
}

impl AttemptHeaders {
    /// Tells of an attempt: its number, and how long it may take. What was there before by these names is
    /// gone, also where there is nothing to tell.
    pub(crate) fn write(&self, headers: &mut HeaderMap, number: u32, left: Option<Duration>) {
        let left = left.map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        put(headers, self.attempt.as_ref(), Some(number.into()));
        put(headers, self.remaining.as_ref(), left);
    }

    /// What a caller told of its attempt.
    #[cfg(feature = "server")]
    pub(crate) fn read(&self, headers: &HeaderMap) -> Upstream {
        let mut upstream = Upstream::new();
        if let Some(number) = get(headers, self.attempt.as_ref()) {
            upstream = upstream.number(u32::try_from(number).unwrap_or(u32::MAX));
        }
        if let Some(millis) = get(headers, self.remaining.as_ref()) {
            upstream = upstream.remaining(Duration::from_millis(millis));
        }
        upstream
    }
}

fn put(headers: &mut HeaderMap, name: Option<&HeaderName>, value: Option<u64>) {
    match (name, value) {
        (Some(name), Some(value)) => drop(headers.insert(name, HeaderValue::from(value))),
        (Some(name), None) => drop(headers.remove(name)),
        (None, _) => {}
    }
}

/// The first value counts, if it is a whole number; one that is too large is as large as there is.
#[cfg(feature = "server")]
fn get(headers: &HeaderMap, name: Option<&HeaderName>) -> Option<u64> {
    let digits = digits(first(headers, name?.as_str())?)?;
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: HeaderName = HeaderName::from_static("x-number");

    fn read(values: &[&str]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append(NAME, value);
        }
        get(&headers, Some(&NAME))
    }

    #[test]
    fn the_first_value_counts_if_it_is_a_number() {
        assert_eq!(read(&["12"]), Some(12));
        assert_eq!(read(&[" 007 "]), Some(7));
        assert_eq!(read(&["3", "4"]), Some(3));
        assert_eq!(read(&["3, 4"]), Some(3));
        assert_eq!(read(&["many", "4"]), None);
        for nonsense in ["", " ", "-1", "+1", "1.5", "1 2", "0x10", ",1", "½"] {
            assert_eq!(read(&[nonsense]), None, "{nonsense}");
        }
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_number_that_is_too_large_is_as_large_as_there_is() {
        assert_eq!(read(&["18446744073709551615"]), Some(u64::MAX));
        assert_eq!(read(&["18446744073709551616"]), Some(u64::MAX));
        assert_eq!(read(&[&"9".repeat(500)]), Some(u64::MAX));
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(number: u64) {
            let mut headers = HeaderMap::new();
            put(&mut headers, Some(&NAME), Some(number));
            prop_assert_eq!(get(&headers, Some(&NAME)), Some(number));
        }

        #[test]
        fn no_value_is_too_strange(value in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                let headers = HeaderMap::from_iter([(NAME, value)]);
                let _ = get(&headers, Some(&NAME));
            }
        }
    }
}
