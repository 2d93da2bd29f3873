//! Downloads from servers that lie, or do not know their trade: never a wrong byte.

use bytes::Bytes;
use retry_core::{Class, Classify, On};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt};

use crate::download::POLICY;
use crate::files::{End, FileServer, Reply, file};
use crate::server::client;

const TAG: &str = "\"v1\"";

/// The first response is that of `first`, and ends after 40 of 100 bytes; the others are those of
/// `rest`. A refusal is final under every policy.
async fn outcome_of(
    first: impl Fn(Reply) -> Reply + Send + Sync + 'static,
    rest: impl Fn(Reply) -> Reply + Send + Sync + 'static,
) -> (Result<u64, Error>, Vec<u8>, usize) {
    let server = FileServer::start(move |number, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG);
        match number {
            0 => first(reply).cut(40, End::Close),
            _ => rest(reply),
        }
    });
    let mut written = Vec::new();
    let policy = POLICY.on(On::Any);
    let request = client().get(server.url()).retry(&policy);
    let outcome = request.download(&mut written).await;
    (outcome, written, server.seen().len())
}

#[track_caller]
pub(crate) fn assert_refused(outcome: Result<u64, Error>, written: &[u8], good: usize, rule: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.explain().rule, rule, "{error:?}");
    assert_eq!(error.kind(), ErrorKind::ResumeRefused);
    assert_eq!(error.classify(), Class::Permanent);
    assert_eq!(error.bytes_written(), Some(written.len() as u64));
    assert_eq!(written, &file(100, 0)[..good]);
    let message = error.to_string();
    assert!(
        message.contains(rule) && message.contains("127.0.0.1"),
        "{message}"
    );
}

/// The rest, wrong in one way.
type Lie = (&'static str, fn(Reply) -> Reply, &'static str);

const RANGE: &str = "the Content-Range is not the requested one";
const LENGTH: &str = "the Content-Length does not match the Content-Range";
const CHANGED: &str = "the file has changed: its ETag or Last-Modified differs";
const UNKNOWN: &str = "a body without Content-Length may have been decoded, and cannot be resumed";

fn part(from: usize, to: usize) -> Reply {
    let reply = Reply::status(206).with("etag", TAG);
    let length = (to - from).to_string();
    let range = format!("bytes {from}-{}/100", to - 1);
    let mut reply = reply
        .with("content-length", &length)
        .with("content-range", &range);
    reply.body = file(100, 0).slice(from..to);
    reply
}

/// gzip of "hello hello hello".
fn gzip() -> Bytes {
    Bytes::from_static(&[
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40,
        0x90, 0x00, 0x32, 0x18, 0x07, 0xc8, 0x11, 0, 0, 0,
    ])
}

const LIES: &[Lie] = &[
    (
        "announces an earlier start",
        |reply| reply.with("content-range", "bytes 39-98/100"),
        RANGE,
    ),
    (
        "announces a later start",
        |reply| reply.with("content-range", "bytes 41-100/101"),
        RANGE,
    ),
    ("sends from an earlier byte", |_| part(39, 100), RANGE),
    ("sends from a later byte", |_| part(41, 100), RANGE),
    ("sends from the first byte", |_| part(0, 100), RANGE),
    (
        "sends no Content-Range",
        |reply| reply.without("content-range"),
        RANGE,
    ),
    (
        "says that the file has grown",
        |reply| reply.with("content-range", "bytes 40-99/101"),
        RANGE,
    ),
    (
        "sends more",
        |reply| reply.with("content-range", "bytes 40-100/101"),
        RANGE,
    ),
    (
        "counts in other units",
        |reply| reply.with("content-range", "lines 40-99/100"),
        RANGE,
    ),
    (
        "sends several parts",
        |reply| reply.with("content-type", "multipart/byteranges; boundary=x"),
        RANGE,
    ),
    (
        "is longer than its range",
        |reply| reply.with("content-length", "61"),
        LENGTH,
    ),
    (
        "is shorter than its range",
        |reply| reply.with("content-length", "59"),
        LENGTH,
    ),
    ("says nothing of its length", Reply::chunked, UNKNOWN),
    (
        "is of another state",
        |reply| reply.with("etag", "\"v2\""),
        CHANGED,
    ),
    (
        "has the tag, but weak",
        |reply| reply.with("etag", "W/\"v1\""),
        CHANGED,
    ),
    ("has no tag", |reply| reply.without("etag"), CHANGED),
    (
        "is encoded",
        |reply| reply.with("content-encoding", "compress"),
        "a body with a Content-Encoding cannot be resumed",
    ),
    (
        "is decoded on the way",
        |reply| {
            let length = gzip().len().to_string();
            let mut reply = reply
                .with("content-encoding", "gzip")
                .with("content-length", &length);
            reply.body = gzip();
            reply
        },
        UNKNOWN,
    ),
    (
        "does not know ranges",
        |_| Reply::honest(&crate::files::Asked::default(), &file(100, 0), TAG),
        "the server sent the whole file instead of the rest: it changed, or ranges are not supported",
    ),
    (
        "has nothing there",
        |_| Reply::status(416).with("content-range", "bytes */40"),
        "the server does not have the rest that it announced",
    ),
    (
        "fails the precondition",
        |_| Reply::status(412),
        "the server does not have the rest that it announced",
    ),
    (
        "has no content",
        |_| Reply::status(204),
        "the server sent something else instead of the rest",
    ),
    (
        "was not modified",
        |_| Reply::status(304),
        "the server sent something else instead of the rest",
    ),
];

#[tokio::test]
async fn a_rest_that_leaves_a_doubt_is_refused_at_once() {
    for (lie, rest, rule) in LIES {
        println!("a rest that {lie}");
        let (outcome, written, requests) = outcome_of(|reply| reply, rest).await;
        assert_refused(outcome, &written, 40, rule);
        assert_eq!(requests, 2);
    }
}

#[tokio::test]
async fn a_rest_that_is_right_in_other_words_is_taken() {
    let truths: [fn(Reply) -> Reply; 3] = [
        |reply| reply.with("content-range", "bytes 40-99/*"),
        |reply| reply.with("content-range", "Bytes 40-99/100"),
        |reply| reply.with("content-encoding", "identity"),
    ];
    for rest in truths {
        let (outcome, written, _) = outcome_of(|reply| reply, rest).await;
        assert_eq!(outcome.unwrap(), 100);
        assert_eq!(written, file(100, 0));
    }
}

#[tokio::test]
async fn a_beginning_that_cannot_be_joined_to_a_rest_is_not_continued() {
    let cases: &[(fn(Reply) -> Reply, &str)] = &[
        (
            |reply| reply.without("etag"),
            "neither ETag nor Last-Modified: nothing proves that the file has not changed",
        ),
        (
            |reply| reply.with("etag", "W/\"v1\""),
            "the ETag or Last-Modified is too weak to join parts",
        ),
        (
            |reply| {
                let reply = reply.without("etag");
                let reply = reply.with("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");
                reply.with("date", "Sun, 06 Nov 1994 08:49:38 GMT")
            },
            "the ETag or Last-Modified is too weak to join parts",
        ),
        (
            |reply| reply.with("content-encoding", "compress"),
            "a body with a Content-Encoding cannot be resumed",
        ),
    ];
    for (first, rule) in cases {
        let (outcome, written, requests) = outcome_of(first, |reply| reply).await;
        assert_refused(outcome, &written, 40, rule);
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_date_that_is_old_enough_joins_parts() {
    let dated = |reply: Reply| {
        let reply = reply.without("etag");
        let reply = reply.with("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");
        reply.with("date", "Sun, 06 Nov 1994 08:50:37 GMT")
    };
    let server = FileServer::start(move |number, asked| {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let reply = dated(Reply::honest(asked, &file(100, 0), date));
        if number == 0 {
            reply.cut(40, End::Close)
        } else {
            reply
        }
    });
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&POLICY);
    assert_eq!(request.download(&mut written).await.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    let seen = server.seen();
    assert_eq!(
        seen[1].header("if-range"),
        Some("Sun, 06 Nov 1994 08:49:37 GMT")
    );
}

/// reqwest decodes it, and its headers no longer tell.
#[tokio::test]
async fn a_body_that_reqwest_decoded_is_not_continued() {
    let server = FileServer::start(|_, asked| {
        let reply = Reply::honest(asked, &gzip(), TAG);
        let but_the_checksum = gzip().len() - 8;
        reply
            .with("content-encoding", "gzip")
            .cut(but_the_checksum, End::Close)
    });
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&POLICY);
    let error = request.download(&mut written).await.unwrap_err();
    assert_eq!(written, b"hello hello hello");
    assert_eq!(
        (error.explain().rule, error.bytes_written()),
        (UNKNOWN, Some(17))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_part_that_was_not_requested_is_refused() {
    let server = FileServer::start(|_, _| part(0, 50));
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&POLICY);
    let outcome = request.download(&mut written).await;
    assert_refused(
        outcome,
        &written,
        0,
        "the server sent a part, but the whole file was requested",
    );
}

#[tokio::test]
async fn a_whole_in_place_of_the_callers_range_is_refused() {
    let whole = |range: &'static str| async move {
        let server = FileServer::start(|_, _| {
            Reply::honest(&crate::files::Asked::default(), &file(100, 0), TAG)
        });
        let mut written = Vec::new();
        let request = client().get(server.url()).header("range", range);
        (request.retry(&POLICY).download(&mut written).await, written)
    };
    let (outcome, written) = whole("bytes=50-").await;
    assert_refused(
        outcome,
        &written,
        0,
        "the server sent something else instead of the requested part",
    );
    let (outcome, written) = whole("bytes=0-").await;
    assert_eq!((outcome.unwrap(), written.len()), (100, 100));
}

#[tokio::test]
async fn a_part_that_is_longer_or_shorter_than_announced_is_an_error() {
    let cases = [
        (60, 90, "the body is shorter than announced"),
        (40, 100, "the body is longer than announced"),
    ];
    for (from, to, rule) in cases {
        let server = FileServer::start(move |_, _| {
            let mut reply = part(40, 90);
            reply.body = file(100, 0).slice(40..(40 + to - from));
            reply.chunked()
        });
        let mut written = Vec::new();
        let request = client().get(server.url()).header("range", "bytes=40-89");
        let error = request
            .retry(&POLICY)
            .download(&mut written)
            .await
            .unwrap_err();
        assert_eq!(error.explain().rule, rule);
        assert_eq!(error.bytes_written(), Some(written.len() as u64));
        assert!(file(100, 0)[40..90].starts_with(&written));
    }
}
