//! Bodies that are sent again, and downloads that are resumed.

use retryable::http::testing::{Recorded, Reply, Server, cut_after, raw, reply};
use retryable::http::{Error, ErrorKind, ReplayBody, RequestBuilderExt};
use retryable::{NoDelay, On, Policy};
use tokio::io::AsyncReadExt;

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The first three bytes of "abcdef", and then the end of the connection.
fn abc(etag: &str) -> Reply {
    cut_after(3, "abcdef").header("etag", etag)
}

/// The rest, with this range.
fn def(etag: &str, range: &str) -> Reply {
    reply(206)
        .header("etag", etag)
        .header("content-range", range)
        .body("def")
}

/// What was written, the outcome, and the requests.
async fn download(
    replies: Vec<Reply>,
    range: Option<&str>,
) -> (Vec<u8>, Result<u64, Error>, Vec<Recorded>) {
    let server = Server::repeat_last(replies);
    let mut request = client().get(server.url());
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let mut written = Vec::new();
    // A refusal to resume is final under every policy.
    let policy = POLICY.on(On::Any);
    let outcome = request.retry(&policy).download(&mut written).await;
    (written, outcome, server.requests())
}

/// P1, P2, P12. linkerd, `replay/tests.rs`; failsafe-go, `TestBodyReader` and issue 73; undici: a buffer.
#[tokio::test]
async fn every_attempt_sends_the_whole_body() {
    for content in ["one, two, three", ""] {
        let bodies = [
            ReplayBody::from_bytes(content),
            ReplayBody::from_fn(move || reqwest::Body::from(content)),
        ];
        for body in bodies {
            let server = Server::script([reply(503), reply(503), reply(200)]);
            let request = client().put(server.url()).retry(&POLICY).replay_body(body);
            request.send().await.unwrap();
            let requests = server.finish();
            assert!(requests.iter().all(|request| request.has_body(content)));
        }
    }
}

/// P3, P5, P6, P15. undici, `retry-handler.js`: a 206 continues the body; its range may end in `*`. The second request names a
/// strong validator. undici sends `If-Match`; here it is `If-Range` (RFC 9110 section 13.1.5).
#[tokio::test]
async fn a_body_that_ends_early_is_continued_where_it_ended() {
    let tag = "\"v1\"";
    for range in ["bytes 3-5/6", "bytes 3-5/*"] {
        let (written, outcome, requests) = download(vec![abc(tag), def(tag, range)], None).await;
        assert_eq!((outcome.unwrap(), written.as_slice()), (6, &b"abcdef"[..]));
        assert_eq!(requests[1].header("range"), Some("bytes=3-"));
        assert_eq!(requests[1].header("if-range"), Some(tag));
    }
}

/// P4, P5, P8, P9, P10, P15. undici, `retry-handler.js` and its pull request 5724. What was written stays, and is right.
#[tokio::test]
async fn a_rest_that_may_belong_to_another_body_is_an_error() {
    let tag = "\"v1\"";
    let range = "bytes 3-5/6";
    let rests = [
        ("P4", def("\"v2\"", range)),
        ("P5", def(tag, "bytes bad")),
        ("P8", reply(200).header("etag", tag).body("abcdef")),
        ("P9", def(tag, range).body("defg")),
        ("P10", reply(412)),
        ("P10", reply(416)),
    ];
    for (id, rest) in rests {
        let (written, outcome, requests) = download(vec![abc(tag), rest], None).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResumeRefused, "{id}");
        assert_eq!(error.bytes_written(), Some(3), "{id}");
        assert_eq!(
            (written.as_slice(), requests.len()),
            (&b"abc"[..], 2),
            "{id}"
        );
    }
}

/// P15. A body of which nothing was written begins again with its first byte.
#[tokio::test]
async fn a_body_of_which_nothing_was_written_starts_over() {
    let (one, two) = ("\"v1\"", "\"v2\"");
    let nothing = cut_after(0, "abcdef").header("etag", one);
    let whole = reply(200).header("etag", two).body("xyz");
    let (written, outcome, requests) = download(vec![nothing, whole], None).await;
    assert_eq!((outcome.unwrap(), written.as_slice()), (3, &b"xyz"[..]));
    assert_eq!(requests[1].header("range"), None);
}

/// P6. undici issue 3128: a weak validator is not sent. It promises no equal bytes, so here nothing is continued by it.
#[tokio::test]
async fn a_weak_validator_continues_nothing() {
    let weak = "W/\"v1\"";
    let (written, outcome, requests) =
        download(vec![abc(weak), def(weak, "bytes 3-5/6")], None).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ResumeRefused);
    assert_eq!((written.as_slice(), requests.len()), (&b"abc"[..], 1));
}

/// P7. undici, pull request 2986.
#[tokio::test]
async fn a_range_of_the_caller_is_kept_and_continued() {
    let tag = "\"v1\"";
    let first = reply(206)
        .header("etag", tag)
        .header("content-range", "bytes 0-3/6");
    let first = first.body("abcd").cut_after(2);
    let rest = reply(206)
        .header("etag", tag)
        .header("content-range", "bytes 2-3/6")
        .body("cd");
    let (written, outcome, requests) = download(vec![first, rest], Some("bytes=0-3")).await;
    assert_eq!((outcome.unwrap(), written.as_slice()), (4, &b"abcd"[..]));
    let ranges: Vec<_> = requests
        .iter()
        .map(|request| request.header("range"))
        .collect();
    assert_eq!(ranges, [Some("bytes=0-3"), Some("bytes=2-3")]);
}

/// P10. undici fails on every status but 206; here, a server that is busy in between is waited for.
#[tokio::test]
async fn a_server_that_is_busy_during_a_download_is_waited_for() {
    let tag = "\"v1\"";
    let busy = reply(503).header("retry-after-ms", "1");
    let replies = vec![abc(tag), busy, def(tag, "bytes 3-5/6")];
    let (written, outcome, requests) = download(replies, None).await;
    assert_eq!((outcome.unwrap(), written.as_slice()), (6, &b"abcdef"[..]));
    assert_eq!(requests.len(), 3);
}

/// P11. undici: the response to a `HEAD` has a length and no body, and several ranges are not one body to continue.
#[tokio::test]
async fn a_head_and_several_ranges_are_forwarded() {
    let server = Server::script([raw("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n")]);
    let response = client()
        .head(server.url())
        .retry(&POLICY)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-length"], "6");
    server.finish();

    let parts = reply(206).header("content-type", "multipart/byteranges; boundary=x");
    let parts = parts.body("--x--");
    let (written, outcome, requests) = download(vec![parts], Some("bytes=0-0,2-3")).await;
    assert_eq!((outcome.unwrap(), written.as_slice()), (5, &b"--x--"[..]));
    assert_eq!(requests[0].header("range"), Some("bytes=0-0,2-3"));
}

/// P14. undici, `client-retry-resume-backpressure.js`: a writer that is slow before and after the interruption.
#[tokio::test]
async fn a_slow_writer_does_not_stall_a_resumed_download() {
    let tag = "\"v1\"";
    let server = Server::script([abc(tag), def(tag, "bytes 3-5/6")]);
    let (mut writer, mut reader) = tokio::io::duplex(1);
    let request = client().get(server.url()).retry(&POLICY);
    let download = async move { request.download(&mut writer).await };
    let read = async {
        let mut text = String::new();
        tokio::task::yield_now().await;
        reader.read_to_string(&mut text).await.unwrap();
        text
    };
    let (outcome, text) = tokio::join!(download, read);
    assert_eq!((outcome.unwrap(), text.as_str()), (6, "abcdef"));
    server.finish();
}
