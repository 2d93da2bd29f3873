//! Any cut, and any header.

use proptest::prelude::*;
use reqwest::header::{HeaderMap, RANGE};
use reqwest::{Method, StatusCode};

use super::url;
use crate::download::{Ended, NextRequest, Resume};

proptest! {
    #[test]
    fn each_byte_is_requested_once_and_in_order_from_an_honest_server(
        total in 1_u64..100_000,
        asked in (0_u64..100_000, 0_u64..100_000, 0_u8..4),
        // Of each response: how much of it comes, and how much less than asked for the server promises.
        cuts in prop::collection::vec((0_usize..40_000, prop_oneof![Just(0), 0_u64..40_000]), 0..20),
    ) {
        let (a, b, kind) = asked;
        let (first, last) = (a.min(b), a.max(b));
        let (range, begin, end) = match kind {
            0 => (None, 0, total),
            1 => (Some(format!("bytes={first}-")), first, total),
            2 => (Some(format!("bytes={first}-{last}")), first, total.min(last + 1)),
            _ => (Some(format!("bytes=-{a}")), total.saturating_sub(a), total),
        };
        prop_assume!(begin < end);
        let mut own = HeaderMap::new();
        if let Some(range) = &range {
            own.insert(RANGE, range.parse().unwrap());
        }
        let mut resume = Resume::new(&Method::GET, &own);
        let mut at = begin;
        for (cut, less) in cuts.into_iter().chain([(usize::MAX, 0)]) {
            let asked = match resume.next().map_err(|rule| rule.verdict().rule).unwrap() {
                NextRequest::Start => range.clone(),
                NextRequest::Continue { range, if_range } => {
                    prop_assert_eq!(if_range, "\"a\"");
                    Some(range.to_str().unwrap().to_owned())
                }
                NextRequest::Finished => break,
            };
            // The server does not know the position of the client.
            let (from, to) = served(asked.as_deref(), total);
            prop_assert_eq!((from, to), (at, end));
            // Without a requested range, the whole is sent.
            let less = if asked.is_some() { less.min(to - from - 1) } else { 0 };
            let to = to - less;
            let mut headers = HeaderMap::new();
            headers.insert("etag", "\"a\"".parse().unwrap());
            headers.insert("content-length", (to - from).into());
            if asked.is_some() {
                let value = format!("bytes {from}-{}/{total}", to - 1);
                headers.insert("content-range", value.parse().unwrap());
            }
            let code = if asked.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
            prop_assert!(resume.receive(code, &headers, &url()).is_ok());
            let sent = cut.min(usize::try_from(to - from).unwrap());
            prop_assert_eq!(resume.room(sent).ok(), Some(sent));
            resume.count(sent);
            at += sent as u64;
            if at == to {
                let ended = if at == end { Ended::Complete } else { Ended::Part };
                prop_assert_eq!(resume.ended().ok(), Some(ended));
                prop_assert!(resume.room(1).is_err());
            }
        }
        prop_assert_eq!(at, end);
        prop_assert!(resume.ended().is_ok());
        prop_assert_eq!(resume.written(), end - begin);
    }

    #[test]
    fn no_header_is_too_strange(
        range in "[ -~]{0,40}",
        responses in prop::collection::vec((100_u16..600, "[ -~]{0,30}", "[ -~]{0,12}", "[ -~]{0,12}"), 1..4),
    ) {
        let own = HeaderMap::from_iter([(RANGE, range.parse().unwrap())]);
        let mut resume = Resume::new(&Method::GET, &own);
        for (code, content_range, length, tag) in responses {
            let mut headers = HeaderMap::new();
            headers.insert("content-range", content_range.parse().unwrap());
            headers.insert("content-length", length.parse().unwrap());
            headers.insert("etag", tag.parse().unwrap());
            let _ = resume.receive(StatusCode::from_u16(code).unwrap(), &headers, &url());
            resume.count(resume.room(usize::MAX).unwrap_or(1));
            let _ = (resume.next(), resume.ended());
        }
    }
}

/// The part that a server sends for a `Range`: from, and up to but not including.
fn served(range: Option<&str>, total: u64) -> (u64, u64) {
    let Some(range) = range else {
        return (0, total);
    };
    let (first, last) = range
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    match (first, last) {
        ("", length) => (total.saturating_sub(length.parse().unwrap()), total),
        (first, "") => (first.parse().unwrap(), total),
        (first, last) => {
            let last: u64 = last.parse().unwrap();
            (first.parse().unwrap(), total.min(last + 1))
        }
    }
}
