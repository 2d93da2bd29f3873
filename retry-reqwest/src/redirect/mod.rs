//! Redirects: whether one was followed, and following those that ask for the body again.
//!
//! reqwest follows redirects below this crate, and its errors name the first URL only. What a later
//! hop says must never be taken for a statement about the first one, which has processed the request.

mod again;
mod follow;
mod held;
#[cfg(feature = "blocking")]
mod in_flight;
mod reached;
mod trail;
mod watch;

pub(crate) use again::Again;
pub(crate) use follow::{Redirects, location};
#[cfg(feature = "blocking")]
pub(crate) use follow::{is_elsewhere, remove_credentials};
#[cfg(feature = "blocking")]
pub(crate) use in_flight::InFlight;
pub(crate) use trail::Trail;
pub use watch::redirects;

use reqwest::header::{HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, UPGRADE};
use reqwest::{Response, StatusCode};

/// Whether a response asks that the request be sent elsewhere, with its method and its body.
pub(crate) fn is_redirect_with_body(response: &Response) -> bool {
    follow::KEEPS_BODY.contains(&response.status())
}

/// Which responses below 400 a request asked for, apart from 2xx.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AskedFor {
    /// A 304 (RFC 9110 section 15.4.5).
    not_modified: bool,
    /// A 101 (RFC 9110 section 15.2.2).
    upgrade: bool,
}

impl AskedFor {
    pub(crate) fn by(headers: &HeaderMap) -> Self {
        Self {
            not_modified: headers.contains_key(IF_NONE_MATCH)
                || headers.contains_key(IF_MODIFIED_SINCE),
            upgrade: headers.contains_key(UPGRADE),
        }
    }

    /// Whether a response with this status does not carry the effect that was asked for, although its
    /// status is no error: a redirect that was not followed, or a status that answers another request.
    pub(crate) fn is_missed_by(self, status: StatusCode) -> bool {
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
