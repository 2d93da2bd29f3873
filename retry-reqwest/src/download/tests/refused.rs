//! Responses whose bytes must not be written, and downloads that cannot be resumed.

use super::*;

#[test]
fn a_first_response_other_than_requested_is_refused() {
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
        assert_eq!(respond(&mut resume, code, pairs), Err(rule), "{asked:?}");
        assert_eq!(resume.written(), 0);
    }
    assert_eq!(respond(&mut resume(Some("bytes=0-")), 200, TEN), Ok(()));
}

#[test]
fn a_response_that_cannot_be_continued_names_the_reason() {
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
        respond(&mut resume, code, pairs).unwrap();
        resume.count(4);
        assert_eq!(resume.next().unwrap_err().verdict().rule, rule);
    }

    let mut parts = resume(Some("bytes=0-1,4-5"));
    respond(
        &mut parts,
        206,
        &[("content-type", "multipart/byteranges; boundary=x")],
    )
    .unwrap();
    parts.count(4);
    assert_eq!(parts.next().unwrap_err().verdict().rule, several);

    let mut post = Resume::new(&Method::POST, &HeaderMap::new());
    respond(&mut post, 200, TEN).unwrap();
    post.count(4);
    let rule = post.next().unwrap_err().verdict().rule;
    assert_eq!(rule, "only a GET can be resumed");
}

#[test]
fn a_rest_that_may_be_of_another_state_is_refused() {
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
            respond(&mut resume, code, &pairs),
            Err(rule),
            "{code} {pairs:?}"
        );
        assert_eq!(resume.written(), 4);
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
        assert_eq!(respond(&mut own, 206, &part), Err(rule), "{asked}");
    }
    assert_eq!(respond(&mut resume(Some("bytes=4-5")), 206, &part), Ok(()));
}
