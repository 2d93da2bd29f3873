//! The state of a download, with responses of honest and of faulty servers.

mod refused;
mod strange;

use reqwest::header::{HeaderMap, RANGE};
use reqwest::{Method, StatusCode, Url};

use super::{Ended, NextRequest, Resume};
use crate::classify::Rule;

type Pairs<'a> = &'a [(&'static str, &'static str)];

const TEN: Pairs<'_> = &[("content-length", "10"), ("etag", "\"a\"")];
const REST: Pairs<'_> = &[
    ("content-length", "6"),
    ("content-range", "bytes 4-9/10"),
    ("etag", "\"a\""),
];

fn headers(pairs: Pairs<'_>) -> HeaderMap {
    let pairs = pairs.iter().map(|&(name, value)| {
        let value = value.parse().unwrap();
        (name.parse().unwrap(), value)
    });
    pairs.collect()
}

fn url() -> Url {
    Url::parse("http://127.0.0.1/file?signed=1").unwrap()
}

fn resume(range: Option<&'static str>) -> Resume {
    let mut headers = HeaderMap::new();
    if let Some(range) = range {
        headers.insert(RANGE, range.parse().unwrap());
    }
    Resume::new(&Method::GET, &headers)
}

fn respond(resume: &mut Resume, code: u16, pairs: Pairs<'_>) -> Result<(), &'static str> {
    let status = StatusCode::from_u16(code).unwrap();
    assert!(!resume.fails(status), "{code}");
    let name = |rule: Rule| rule.verdict().rule;
    resume
        .receive(status, &headers(pairs), &url())
        .map_err(name)
}

/// The next request after `written` bytes of this response.
fn after(resume: &mut Resume, code: u16, pairs: Pairs<'_>, written: usize) -> NextRequest {
    respond(resume, code, pairs).unwrap();
    assert_eq!(resume.room(written).ok(), Some(written));
    resume.count(written);
    resume.next().map_err(|rule| rule.verdict().rule).unwrap()
}

fn rest(range: &'static str, if_range: &'static str) -> NextRequest {
    NextRequest::Continue {
        range: range.parse().unwrap(),
        if_range: if_range.parse().unwrap(),
    }
}

#[test]
fn an_interrupted_body_is_continued_where_it_ended() {
    let mut resume = resume(None);
    assert_eq!(resume.next().ok(), Some(NextRequest::Start));
    let next = after(&mut resume, 200, TEN, 4);
    assert_eq!(next, rest("bytes=4-", "\"a\""));
    let next = after(&mut resume, 206, REST, 5);
    assert_eq!(next, rest("bytes=9-", "\"a\""));
    let last = [
        ("content-length", "1"),
        ("content-range", "bytes 9-9/*"),
        ("etag", "\"a\""),
    ];
    assert_eq!(after(&mut resume, 206, &last, 1), NextRequest::Finished);
    assert!(resume.ended().is_ok());
    assert_eq!(resume.written(), 10);
}

#[test]
fn as_long_as_nothing_was_written_the_download_starts_over() {
    let mut resume = resume(None);
    assert_eq!(after(&mut resume, 200, TEN, 0), NextRequest::Start);
    let changed = [("content-length", "7"), ("etag", "\"b\"")];
    assert_eq!(
        after(&mut resume, 200, &changed, 5),
        rest("bytes=5-", "\"b\"")
    );
}

#[test]
fn a_range_of_the_caller_is_continued_within_itself() {
    let received = [
        ("content-length", "4"),
        ("content-range", "bytes 6-9/10"),
        ("etag", "\"a\""),
    ];
    let cases = [
        ("bytes=6-", "bytes=9-"),
        ("bytes=6-9", "bytes=9-9"),
        ("bytes=6-90", "bytes=9-9"),
        ("bytes=-4", "bytes=9-9"),
    ];
    for (asked, continued) in cases {
        let mut resume = resume(Some(asked));
        let next = after(&mut resume, 206, &received, 3);
        assert_eq!(next, rest(continued, "\"a\""), "{asked}");
        let last = [
            ("content-length", "1"),
            ("content-range", "bytes 9-9/10"),
            ("etag", "\"a\""),
        ];
        assert_eq!(after(&mut resume, 206, &last, 1), NextRequest::Finished);
    }
}

#[test]
fn a_shorter_range_than_requested_is_continued() {
    let mut whole = resume(None);
    after(&mut whole, 200, TEN, 4);
    let part = [
        ("content-length", "2"),
        ("content-range", "bytes 4-5/10"),
        ("etag", "\"a\""),
    ];
    let next = after(&mut whole, 206, &part, 2);
    assert_eq!(next, rest("bytes=6-", "\"a\""));
    assert_eq!(whole.ended().ok(), Some(Ended::Part));
    let rule = whole.room(1).unwrap_err().verdict().rule;
    assert_eq!(rule, "the body is longer than announced");

    // The first response too, if the caller asked for a range.
    let cases = [
        ("bytes=4-", "bytes=6-"),
        ("bytes=4-7", "bytes=6-7"),
        ("bytes=4-70", "bytes=6-9"),
        ("bytes=-6", "bytes=6-9"),
    ];
    for (asked, continued) in cases {
        let mut own = resume(Some(asked));
        let next = after(&mut own, 206, &part, 2);
        assert_eq!(next, rest(continued, "\"a\""), "{asked}");
        assert_eq!(own.ended().ok(), Some(Ended::Part));
    }
}

#[test]
fn a_failed_response_does_not_change_the_state() {
    let mut resume = resume(None);
    for code in [301, 304, 404, 412, 416, 429, 503] {
        assert!(resume.fails(StatusCode::from_u16(code).unwrap()), "{code}");
    }
    after(&mut resume, 200, TEN, 4);
    for code in [401, 404, 408, 429, 500, 503] {
        assert!(resume.fails(StatusCode::from_u16(code).unwrap()), "{code}");
    }
    assert_eq!(resume.next().ok(), Some(rest("bytes=4-", "\"a\"")));
}

#[test]
fn the_rest_must_come_from_where_the_beginning_came_from() {
    let cases = [
        ("http://127.0.0.1/file?signed=2", true),
        ("http://127.0.0.1/other", false),
        ("http://127.0.0.1:81/file", false),
        ("https://127.0.0.1/file", false),
        ("http://localhost/file", false),
    ];
    for (place, same) in cases {
        let mut resume = resume(None);
        after(&mut resume, 200, TEN, 4);
        let place = Url::parse(place).unwrap();
        let received = resume.receive(StatusCode::PARTIAL_CONTENT, &headers(REST), &place);
        assert_eq!(received.is_ok(), same, "{place}");
    }
}

#[test]
fn a_body_is_as_long_as_it_was_announced() {
    let mut resume = resume(None);
    after(&mut resume, 200, TEN, 4);
    assert_eq!(
        resume.ended().unwrap_err().verdict().rule,
        "the body is shorter than announced"
    );
    assert_eq!(resume.room(7).ok(), Some(6));
    resume.count(6);
    assert!(resume.ended().is_ok());
    assert_eq!(resume.room(0).ok(), Some(0));
    let rule = resume.room(1).unwrap_err().verdict().rule;
    assert_eq!(rule, "the body is longer than announced");
}

#[test]
fn the_length_of_a_response_without_a_body_is_ignored() {
    let mut head = Resume::new(&Method::HEAD, &HeaderMap::new());
    respond(&mut head, 200, TEN).unwrap();
    assert!(head.ended().is_ok());
    let mut get = resume(None);
    respond(&mut get, 204, TEN).unwrap();
    assert!(get.ended().is_ok());
}

#[test]
fn a_part_that_may_have_been_decoded_has_no_known_length() {
    let part: Pairs<'_> = &[("content-range", "bytes 6-9/10"), ("etag", "\"a\"")];
    for (encodings, ends) in [("identity", false), ("gzip, identity", true)] {
        let asked = headers(&[("range", "bytes=6-"), ("accept-encoding", encodings)]);
        let mut resume = Resume::new(&Method::GET, &asked);
        respond(&mut resume, 206, part).unwrap();
        resume.count(3);
        assert_eq!(resume.ended().is_ok(), ends);
        assert!(resume.next().is_err());
    }
}
