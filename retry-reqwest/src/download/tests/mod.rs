//! The state of a download, told of answers by servers that are honest and by others.

mod strange;

use reqwest::header::{HeaderMap, RANGE};
use reqwest::{Method, StatusCode, Url};

use super::{Ended, Next, Resume};
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

fn answer(resume: &mut Resume, code: u16, pairs: Pairs<'_>) -> Result<(), &'static str> {
    let status = StatusCode::from_u16(code).unwrap();
    assert!(!resume.fails(status), "{code}");
    let name = |rule: Rule| rule.verdict().rule;
    resume
        .answered(status, &headers(pairs), &url())
        .map_err(name)
}

/// What is asked for after `handed` bytes of this answer.
fn after(resume: &mut Resume, code: u16, pairs: Pairs<'_>, handed: usize) -> Next {
    answer(resume, code, pairs).unwrap();
    assert_eq!(resume.room(handed).ok(), Some(handed));
    resume.hand_on(handed);
    resume.next().map_err(|rule| rule.verdict().rule).unwrap()
}

fn rest(range: &'static str, if_range: &'static str) -> Next {
    Next::Continue {
        range: range.parse().unwrap(),
        if_range: if_range.parse().unwrap(),
    }
}

#[test]
fn a_body_is_continued_where_it_broke_off() {
    let mut resume = resume(None);
    assert_eq!(resume.next().ok(), Some(Next::Start));
    let next = after(&mut resume, 200, TEN, 4);
    assert_eq!(next, rest("bytes=4-", "\"a\""));
    let next = after(&mut resume, 206, REST, 5);
    assert_eq!(next, rest("bytes=9-", "\"a\""));
    let last = [
        ("content-length", "1"),
        ("content-range", "bytes 9-9/*"),
        ("etag", "\"a\""),
    ];
    assert_eq!(after(&mut resume, 206, &last, 1), Next::Finished);
    assert!(resume.ended().is_ok());
    assert_eq!(resume.handed(), 10);
}

#[test]
fn as_long_as_nothing_was_handed_on_everything_begins_anew() {
    let mut resume = resume(None);
    assert_eq!(after(&mut resume, 200, TEN, 0), Next::Start);
    let changed = [("content-length", "7"), ("etag", "\"b\"")];
    assert_eq!(
        after(&mut resume, 200, &changed, 5),
        rest("bytes=5-", "\"b\"")
    );
}

#[test]
fn a_range_of_the_callers_is_continued_within_itself() {
    let answered = [
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
        let next = after(&mut resume, 206, &answered, 3);
        assert_eq!(next, rest(continued, "\"a\""), "{asked}");
        let last = [
            ("content-length", "1"),
            ("content-range", "bytes 9-9/10"),
            ("etag", "\"a\""),
        ];
        assert_eq!(after(&mut resume, 206, &last, 1), Next::Finished);
    }
}

#[test]
fn a_first_answer_that_is_not_what_was_asked_for_is_refused() {
    let part = |range| {
        [
            ("content-length", "4"),
            ("content-range", range),
            ("etag", "\"a\""),
        ]
    };
    let cases: &[(Option<&'static str>, u16, Pairs<'_>, &str)] = &[
        (
            None,
            206,
            &part("bytes 0-3/4"),
            "the server sent a part, but the whole file was requested",
        ),
        (
            Some("bytes=6-"),
            200,
            TEN,
            "the server sent something else instead of the requested part",
        ),
        (
            Some("bytes=-4"),
            200,
            TEN,
            "the server sent something else instead of the requested part",
        ),
        (
            Some("bytes=0-1,4-5"),
            200,
            TEN,
            "the server sent something else instead of the requested part",
        ),
        (
            Some("bytes=6-"),
            206,
            &part("bytes 5-8/10"),
            "the Content-Range is not the requested one",
        ),
        (
            Some("bytes=6-"),
            206,
            TEN,
            "the Content-Range is not the requested one",
        ),
        (
            Some("bytes=6-"),
            206,
            &part("bytes 6-8/9"),
            "the Content-Length does not match the Content-Range",
        ),
    ];
    for &(asked, code, pairs, rule) in cases {
        let mut resume = resume(asked);
        assert_eq!(answer(&mut resume, code, pairs), Err(rule), "{asked:?}");
        assert_eq!(resume.handed(), 0);
    }
    assert_eq!(answer(&mut resume(Some("bytes=0-")), 200, TEN), Ok(()));
}

#[test]
fn an_answer_that_cannot_be_continued_says_why() {
    let several = "a Range of several parts, or not of bytes, cannot be resumed";
    let cases: &[(u16, Pairs<'_>, &str)] = &[
        (
            200,
            &[("content-length", "10")],
            "neither ETag nor Last-Modified: nothing proves that the file has not changed",
        ),
        (
            200,
            &[("content-length", "10"), ("etag", "W/\"a\"")],
            "the ETag or Last-Modified is too weak to join parts",
        ),
        (
            200,
            &[("etag", "\"a\"")],
            "a body without Content-Length may have been decoded, and cannot be resumed",
        ),
        (
            200,
            &[
                ("content-length", "10"),
                ("etag", "\"a\""),
                ("content-encoding", "br"),
            ],
            "a body with a Content-Encoding cannot be resumed",
        ),
        (203, TEN, "only a 200 or 206 can be resumed"),
    ];
    for &(code, pairs, rule) in cases {
        let mut resume = resume(None);
        answer(&mut resume, code, pairs).unwrap();
        resume.hand_on(4);
        assert_eq!(resume.next().unwrap_err().verdict().rule, rule);
    }

    let mut parts = resume(Some("bytes=0-1,4-5"));
    answer(
        &mut parts,
        206,
        &[("content-type", "multipart/byteranges; boundary=x")],
    )
    .unwrap();
    parts.hand_on(4);
    assert_eq!(parts.next().unwrap_err().verdict().rule, several);

    let mut post = Resume::new(&Method::POST, &HeaderMap::new());
    answer(&mut post, 200, TEN).unwrap();
    post.hand_on(4);
    let rule = post.next().unwrap_err().verdict().rule;
    assert_eq!(rule, "only a GET can be resumed");
}

#[test]
fn a_rest_that_leaves_a_doubt_is_refused() {
    let range = "the Content-Range is not the requested one";
    let length = "the Content-Length does not match the Content-Range";
    let changed = "the file has changed: its ETag or Last-Modified differs";
    let not_there = "the server does not have the rest that it announced";
    let with = |name, value| {
        let mut pairs = REST.to_vec();
        pairs.retain(|(known, _)| *known != name);
        pairs.push((name, value));
        pairs
    };
    let without = |name| {
        let mut pairs = REST.to_vec();
        pairs.retain(|(known, _)| *known != name);
        pairs
    };
    let mut cases = vec![
        (
            200,
            TEN.to_vec(),
            "the server sent the whole file instead of the rest: it changed, or ranges are not supported",
        ),
        (
            204,
            REST.to_vec(),
            "the server sent something else instead of the rest",
        ),
        (
            304,
            REST.to_vec(),
            "the server sent something else instead of the rest",
        ),
        (412, REST.to_vec(), not_there),
        (416, with("content-range", "bytes */10"), not_there),
        (206, with("etag", "\"b\""), changed),
        (206, with("etag", "W/\"a\""), changed),
        (206, without("etag"), changed),
        (
            206,
            with("content-encoding", "gzip"),
            "a body with a Content-Encoding cannot be resumed",
        ),
        (206, without("content-range"), range),
        (
            206,
            with("content-type", "multipart/byteranges; boundary=x"),
            range,
        ),
        (
            206,
            without("content-length"),
            "a body without Content-Length may have been decoded, and cannot be resumed",
        ),
        (206, with("content-length", "10"), length),
        (206, with("content-length", "5"), length),
        (206, with("content-range", "bytes 4-8/10"), length),
    ];
    let wrong = [
        "bytes 3-9/10",
        "bytes 5-9/10",
        "bytes 4-9/11",
        "bytes 4-10/11",
        "bytes 0-9/10",
        "bytes */10",
        "items 4-9/10",
        "nonsense",
    ];
    cases.extend(wrong.map(|value| (206, with("content-range", value), range)));
    for (code, pairs, rule) in cases {
        let mut resume = resume(None);
        after(&mut resume, 200, TEN, 4);
        assert_eq!(
            answer(&mut resume, code, &pairs),
            Err(rule),
            "{code} {pairs:?}"
        );
        assert_eq!(resume.handed(), 4);
    }
}

#[test]
fn a_shorter_range_than_asked_for_is_continued() {
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
fn a_shorter_range_that_cannot_be_continued_is_refused_before_its_first_byte() {
    let part = [
        ("content-length", "2"),
        ("content-range", "bytes 4-5/10"),
        ("etag", "W/\"a\""),
    ];
    let rule = "the ETag or Last-Modified is too weak to join parts";
    for asked in ["bytes=4-", "bytes=4-7", "bytes=-6"] {
        let mut own = resume(Some(asked));
        assert_eq!(answer(&mut own, 206, &part), Err(rule), "{asked}");
    }
    assert_eq!(answer(&mut resume(Some("bytes=4-5")), 206, &part), Ok(()));
}

#[test]
fn a_failure_of_the_server_is_no_answer_about_the_body() {
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
        let answered = resume.answered(StatusCode::PARTIAL_CONTENT, &headers(REST), &place);
        assert_eq!(answered.is_ok(), same, "{place}");
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
    resume.hand_on(6);
    assert!(resume.ended().is_ok());
    assert_eq!(resume.room(0).ok(), Some(0));
    let rule = resume.room(1).unwrap_err().verdict().rule;
    assert_eq!(rule, "the body is longer than announced");
}

#[test]
fn where_no_body_is_meant_its_length_says_nothing() {
    let mut head = Resume::new(&Method::HEAD, &HeaderMap::new());
    answer(&mut head, 200, TEN).unwrap();
    assert!(head.ended().is_ok());
    let mut get = resume(None);
    answer(&mut get, 204, TEN).unwrap();
    assert!(get.ended().is_ok());
}

#[test]
fn a_part_that_may_be_decoded_has_no_known_length() {
    let part: Pairs<'_> = &[("content-range", "bytes 6-9/10"), ("etag", "\"a\"")];
    for (encodings, ends) in [("identity", false), ("gzip, identity", true)] {
        let asked = headers(&[("range", "bytes=6-"), ("accept-encoding", encodings)]);
        let mut resume = Resume::new(&Method::GET, &asked);
        answer(&mut resume, 206, part).unwrap();
        resume.hand_on(3);
        assert_eq!(resume.ended().is_ok(), ends);
        assert!(resume.next().is_err());
    }
}
