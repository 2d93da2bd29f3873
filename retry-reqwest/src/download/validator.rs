//! Validators that are strong enough to join parts of a resource.

use std::time::Duration;

use httpdate::parse_http_date;
use reqwest::header::{DATE, ETAG, HeaderMap, HeaderValue, LAST_MODIFIED};

use super::range::only;
use crate::classify::{Rule, rules};

/// How much later than `Last-Modified` the `Date` of a response must be for the former to be strong.
///
/// RFC 9110 section 8.8.2.2 requires one second if both come from one clock, and otherwise enough to make differing
/// clocks unlikely. A client cannot know whether they do.
const SETTLED: Duration = Duration::from_secs(60);

/// A strong validator, as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Validator {
    Tag(HeaderValue),
    Date(HeaderValue),
}

impl Validator {
    /// Returns the strong validator of a response, or why it has none.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Rule> {
        if headers.contains_key(ETAG) {
            // A date must not be used if there is a tag, even a weak one: RFC 9110 section 13.1.5.
            return match only_value(headers) {
                Some(tag) if is_strong(tag.as_bytes()) => Ok(Self::Tag(tag.clone())),
                _ => Err(rules::RESUME_WEAK),
            };
        }
        let modified = only(headers, &LAST_MODIFIED).ok_or(rules::RESUME_NO_VALIDATOR)?;
        let date = only(headers, &DATE).and_then(|date| parse_http_date(date).ok());
        let since = parse_http_date(modified).ok();
        let age = date.zip(since);
        let age = age.and_then(|(date, since)| date.duration_since(since).ok());
        match headers.get(LAST_MODIFIED) {
            Some(modified) if age >= Some(SETTLED) => Ok(Self::Date(modified.clone())),
            _ => Err(rules::RESUME_WEAK),
        }
    }

    /// Returns the value of `If-Range`.
    pub(super) fn if_range(&self) -> &HeaderValue {
        match self {
            Self::Tag(value) | Self::Date(value) => value,
        }
    }

    /// Checks that a response belongs to the same state. A response without the validator fails too: it may come from
    /// a server that does not know `If-Range`.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Rule> {
        let same = match self {
            Self::Tag(tag) => only_value(headers) == Some(tag),
            Self::Date(date) => {
                let date = date.to_str().ok().map(str::trim_ascii);
                !headers.contains_key(ETAG) && only(headers, &LAST_MODIFIED) == date
            }
        };
        if same {
            Ok(())
        } else {
            Err(rules::RESUME_CHANGED)
        }
    }
}

fn only_value(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut tags = headers.get_all(ETAG).iter();
    let tag = tags.next()?;
    tags.next().is_none().then_some(tag)
}

/// Whether these bytes are an entity tag, and a strong one: RFC 9110 section 8.8.3.
fn is_strong(tag: &[u8]) -> bool {
    let opaque = tag
        .strip_prefix(b"\"")
        .and_then(|tag| tag.strip_suffix(b"\""));
    opaque.is_some_and(|opaque| {
        let valid = |byte: &u8| *byte == 0x21 || (0x23..=0x7e).contains(byte) || *byte >= 0x80;
        opaque.iter().all(valid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const A_SECOND_LATER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const A_MINUTE_LATER: &str = "Sun, 06 Nov 1994 08:50:37 GMT";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for &(name, value) in pairs {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    fn strong(pairs: &[(&'static str, &'static str)]) -> Option<Validator> {
        Validator::of(&headers(pairs)).ok()
    }

    #[test]
    fn only_a_valid_tag_without_w_is_strong() {
        for tag in ["\"a\"", "\"\"", "\"W/a,b\""] {
            let validator = strong(&[("etag", tag)]).unwrap();
            assert_eq!(validator.if_range(), tag);
        }
        assert!(is_strong(b"\"\xe9\"") && !is_strong(b"\"\x7f\""));
        for tag in [
            "W/\"a\"", "a", "\"a", "\"", "", "\"a\"b\"", "\"a b\"", "w/\"a\"",
        ] {
            assert_eq!(strong(&[("etag", tag)]), None, "{tag}");
        }
        assert_eq!(strong(&[("etag", "\"a\""), ("etag", "\"a\"")]), None);
    }

    #[test]
    fn a_date_is_strong_only_a_minute_later_and_without_a_tag() {
        let modified = ("last-modified", DAY);
        let strong_date = strong(&[modified, ("date", A_MINUTE_LATER)]).unwrap();
        assert_eq!(strong_date.if_range(), DAY);
        assert_eq!(strong(&[modified]), None);
        assert_eq!(strong(&[modified, ("date", A_SECOND_LATER)]), None);
        assert_eq!(
            strong(&[("last-modified", A_MINUTE_LATER), ("date", DAY)]),
            None
        );
        assert_eq!(
            strong(&[("last-modified", "now"), ("date", A_MINUTE_LATER)]),
            None
        );
        let weak = ("etag", "W/\"a\"");
        assert_eq!(strong(&[modified, ("date", A_MINUTE_LATER), weak]), None);
    }

    #[test]
    fn a_response_that_does_not_repeat_the_validator_is_of_another_state() {
        let tag = strong(&[("etag", "\"a\"")]).unwrap();
        assert!(tag.check(&headers(&[("etag", "\"a\"")])).is_ok());
        for pairs in [&[][..], &[("etag", "\"b\"")], &[("etag", "W/\"a\"")]] {
            assert!(tag.check(&headers(pairs)).is_err(), "{pairs:?}");
        }

        let date = strong(&[("last-modified", DAY), ("date", A_MINUTE_LATER)]).unwrap();
        assert!(date.check(&headers(&[("last-modified", DAY)])).is_ok());
        let others = [
            &[][..],
            &[("last-modified", A_SECOND_LATER)],
            &[("last-modified", DAY), ("etag", "\"a\"")],
        ];
        for pairs in others {
            assert!(date.check(&headers(pairs)).is_err(), "{pairs:?}");
        }
    }
}
