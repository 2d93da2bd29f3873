//! Which responses below 400 are not a success.

use http::StatusCode;
use http::header::{HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, UPGRADE};

/// The statuses below 400 that a request asked for, apart from 2xx.
#[derive(Clone, Copy, Debug)]
pub struct AskedFor {
    /// A 304 (RFC 9110 section 15.4.5).
    not_modified: bool,
    /// A 101 (RFC 9110 section 15.2.2).
    upgrade: bool,
}

impl AskedFor {
    /// Returns what a request with these headers asked for.
    // Inlined, as `is_missed_by`, `is_failure` and `Safety::of`: requests that succeed run these, across crates.
    #[inline]
    pub fn by(headers: &HeaderMap) -> Self {
        // Most requests without a body: three look-ups less.
        if headers.is_empty() {
            return Self {
                not_modified: false,
                upgrade: false,
            };
        }
        Self {
            not_modified: headers.contains_key(IF_NONE_MATCH)
                || headers.contains_key(IF_MODIFIED_SINCE),
            upgrade: headers.contains_key(UPGRADE),
        }
    }

    /// Whether a response with this status is not a success, although the status is not an error: a redirect that was
    /// not followed, or a status that the request did not ask for.
    #[inline]
    pub fn is_missed_by(self, status: StatusCode) -> bool {
        match status.as_u16() {
            101 => !self.upgrade,
            304 => !self.not_modified,
            code => (100..200).contains(&code) || (300..400).contains(&code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_304_or_101_that_was_asked_for_is_a_success_below_400() {
        let none = AskedFor::by(&HeaderMap::new());
        let missed: Vec<u16> = (100..600)
            .filter(|code| none.is_missed_by(StatusCode::from_u16(*code).unwrap()))
            .collect();
        let expected: Vec<u16> = (100..200).chain(300..400).collect();
        assert_eq!(missed, expected);

        for header in [IF_NONE_MATCH, IF_MODIFIED_SINCE] {
            let headers = HeaderMap::from_iter([(header, "x".parse().unwrap())]);
            assert!(!AskedFor::by(&headers).is_missed_by(StatusCode::NOT_MODIFIED));
            assert!(AskedFor::by(&headers).is_missed_by(StatusCode::FOUND));
        }
        let headers = HeaderMap::from_iter([(UPGRADE, "websocket".parse().unwrap())]);
        assert!(!AskedFor::by(&headers).is_missed_by(StatusCode::SWITCHING_PROTOCOLS));
    }
}
