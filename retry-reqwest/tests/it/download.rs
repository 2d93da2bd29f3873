//! Downloads from a server that is honest, but cannot hold a connection.

use std::time::Duration;

use retry_core::{Class, Classify, Fixed, Jitter, NoDelay, Policy};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt};

use crate::files::{Asked, End, FileServer, Reply, file};
use crate::server::client;

pub(crate) const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5);
const TAG: &str = "\"v1\"";

/// Of a file of 100 bytes, as many as this are sent in response to each request; then all of them.
pub(crate) async fn cutting(cuts: &'static [usize], end: End) -> FileServer {
    FileServer::start(move |number, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG);
        match cuts.get(number) {
            Some(&cut) => reply.cut(cut, end),
            None => reply,
        }
    })
}

async fn download(server: &FileServer) -> (Result<u64, Error>, Vec<u8>) {
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&POLICY);
    let outcome = request.download(&mut written).await;
    (outcome, written)
}

fn ranges(expected: &[Option<&str>]) -> Vec<Option<String>> {
    expected
        .iter()
        .map(|range| range.map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_body_that_is_whole_takes_one_request() {
    let server = cutting(&[], End::Keep).await;
    let (outcome, written) = download(&server).await;
    assert_eq!(outcome.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    let seen = &server.seen()[0];
    assert_eq!(seen.header("accept-encoding"), Some("identity"));
    assert_eq!(
        (seen.header("range"), seen.header("if-range")),
        (None, None)
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_continued_where_it_ended() {
    let server = cutting(&[30, 0, 25], End::Close).await;
    let (outcome, written) = download(&server).await;
    assert_eq!(outcome.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    let expected = [
        None,
        Some("bytes=30-"),
        Some("bytes=30-"),
        Some("bytes=55-"),
    ];
    assert_eq!(server.ranges(), ranges(&expected));
    for asked in &server.seen()[1..] {
        assert_eq!(asked.header("if-range"), Some(TAG));
        assert_eq!(asked.header("accept-encoding"), Some("identity"));
    }
}

#[tokio::test]
async fn a_body_that_ends_before_its_first_byte_is_requested_again() {
    let server = cutting(&[0, 0], End::Close).await;
    let (outcome, written) = download(&server).await;
    assert_eq!(outcome.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    assert_eq!(server.ranges(), ranges(&[None, None, None]));
}

#[tokio::test]
async fn an_attempt_that_makes_progress_counts_like_any_other() {
    let server = cutting(&[20, 20, 20, 10, 10, 10], End::Close).await;
    let (outcome, written) = download(&server).await;
    let error = outcome.unwrap_err();
    assert_eq!(server.seen().len(), 5);
    assert_eq!(error.bytes_written(), Some(80));
    assert_eq!(written, file(100, 0)[..80]);
    assert_eq!(
        (error.kind(), error.classify()),
        (ErrorKind::Transport, Class::Transient)
    );
    assert!(
        error.to_string().ends_with("; 80 bytes were written"),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_that_stalls_is_cut_off_and_resumed() {
    let server = cutting(&[30, 70], End::Hang).await;
    let policy = POLICY.attempt_timeout(Duration::from_millis(50));
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&policy);
    assert_eq!(request.download(&mut written).await.unwrap(), 100);
    assert_eq!(written, file(100, 0));
    assert_eq!(server.ranges(), ranges(&[None, Some("bytes=30-")]));
}

#[tokio::test]
async fn the_deadline_spans_request_and_body() {
    let server = cutting(&[30], End::Close).await;
    let wait = Fixed::new(Duration::from_secs(60)).jitter(Jitter::None);
    let policy = Policy::with_backoff(wait).deadline(Duration::from_secs(60));
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&policy);
    let error = request.download(&mut written).await.unwrap_err();
    assert_eq!((error.bytes_written(), written.len()), (Some(30), 30));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_busy_in_between_is_waited_for() {
    let server = FileServer::start(|number, asked| match number {
        0 => Reply::honest(asked, &file(100, 0), TAG).cut(30, End::Reset),
        1 => Reply::status(503).with("retry-after-ms", "1"),
        2 => Reply::status(429),
        _ => Reply::honest(asked, &file(100, 0), TAG),
    });
    let (outcome, written) = download(&server).await;
    assert_eq!(outcome.unwrap(), 100);
    assert_eq!(written, file(100, 0));
}

#[tokio::test]
async fn a_file_that_is_gone_in_between_ends_the_call() {
    let server = FileServer::start(|number, asked| match number {
        0 => Reply::honest(asked, &file(100, 0), TAG).cut(30, End::Close),
        _ => Reply::status(404),
    });
    let (outcome, written) = download(&server).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert_eq!(error.bytes_written(), Some(written.len() as u64));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_is_no_success_is_no_file() {
    for code in [304, 404] {
        let server = FileServer::start(move |_, _| Reply::status(code));
        let (outcome, written) = download(&server).await;
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.kind(), error.bytes_written()),
            (ErrorKind::Status, Some(0))
        );
        assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
        assert!(written.is_empty());
    }
}

#[tokio::test]
async fn a_range_of_the_callers_is_kept_and_continued() {
    let cases: [(&str, std::ops::Range<usize>, &str); 4] = [
        ("bytes=10-", 10..100, "bytes=15-"),
        ("bytes=10-59", 10..60, "bytes=15-59"),
        ("bytes=10-590", 10..100, "bytes=15-99"),
        ("bytes=-20", 80..100, "bytes=85-99"),
    ];
    for (range, part, rest) in cases {
        let server = cutting(&[5], End::Close).await;
        let request = client().get(server.url()).header("range", range);
        let mut written = Vec::new();
        let outcome = request.retry(&POLICY).download(&mut written).await;
        assert_eq!(outcome.unwrap(), part.len() as u64, "{range}");
        assert_eq!(written, file(100, 0)[part], "{range}");
        assert_eq!(server.ranges(), ranges(&[Some(range), Some(rest)]));
    }
}

#[tokio::test]
async fn several_ranges_are_forwarded_and_not_resumed() {
    let parts = |number: usize, _: &Asked| {
        let reply = Reply::honest(&Asked::default(), &file(100, 0), TAG);
        let mut reply = reply.with("content-type", "multipart/byteranges; boundary=x");
        reply.code = 206;
        reply.cut(if number == 0 { 0 } else { 50 }, End::Close)
    };
    let server = FileServer::start(parts);
    let request = client()
        .get(server.url())
        .header("range", "bytes=0-9,20-29");
    let mut written = Vec::new();
    let outcome = request.retry(&POLICY).download(&mut written).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResumeRefused);
    assert_eq!(error.bytes_written(), Some(50));
    assert_eq!(server.ranges(), ranges(&[Some("bytes=0-9,20-29"); 2]));
}

#[tokio::test]
async fn a_body_in_chunks_is_complete_with_its_last_chunk() {
    let whole = FileServer::start(|_, asked| Reply::honest(asked, &file(100, 0), TAG).chunked());
    let (outcome, written) = download(&whole).await;
    assert_eq!((outcome.unwrap(), written.len()), (100, 100));

    let cut = FileServer::start(|_, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG).chunked();
        let but_the_last_chunk = reply.body.len() - 5;
        reply.cut(but_the_last_chunk, End::Close)
    });
    let (outcome, written) = download(&cut).await;
    let error = outcome.unwrap_err();
    assert_eq!(
        error.explain().rule,
        "a body without Content-Length may have been decoded, and cannot be resumed"
    );
    assert_eq!(error.bytes_written(), Some(100));
    assert_eq!(written, file(100, 0));
}

#[tokio::test]
async fn a_post_is_not_continued() {
    let server = cutting(&[30], End::Close).await;
    let request = client().post(server.url()).retry(&POLICY).idempotent();
    let mut written = Vec::new();
    let error = request.download(&mut written).await.unwrap_err();
    assert_eq!(error.explain().rule, "only a GET can be resumed");
    assert_eq!(error.bytes_written(), Some(30));
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(
        source.downcast_ref::<Error>().unwrap().kind(),
        ErrorKind::Transport
    );
    assert_eq!(server.seen().len(), 1);
}

/// Of a file of 100 bytes, at most this many are sent in response to each request for a part.
fn sparing(most: usize) -> impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static {
    move |number, asked| {
        let reply = Reply::honest(asked, &file(100, 0), TAG);
        match reply.header("content-range") {
            Some(range) if reply.body.len() > most => {
                let first: usize = range["bytes ".len()..]
                    .split_once('-')
                    .unwrap()
                    .0
                    .parse()
                    .unwrap();
                let range = format!("bytes {first}-{}/100", first + most - 1);
                let reply = reply.with("content-range", &range);
                let reply = reply.with("content-length", &most.to_string());
                reply.cut(most, End::Keep)
            }
            None if number == 0 => reply.cut(40, End::Close),
            _ => reply,
        }
    }
}

#[tokio::test]
async fn a_shorter_range_than_asked_for_is_continued_in_the_next_attempt() {
    let server = FileServer::start(sparing(25));
    let mut written = Vec::new();
    let request = client().get(server.url()).retry(&POLICY);
    let (outcome, report) = request.report().download(&mut written).await;
    assert_eq!((outcome.unwrap(), report.attempts), (100, 4));
    assert_eq!(written, file(100, 0));
    let asked = [
        None,
        Some("bytes=40-"),
        Some("bytes=65-"),
        Some("bytes=90-"),
    ];
    assert_eq!(server.ranges(), ranges(&asked));

    // Within a range of the caller's.
    let server = FileServer::start(sparing(25));
    let mut written = Vec::new();
    let request = client().get(server.url()).header("range", "bytes=10-69");
    let outcome = request.retry(&POLICY).download(&mut written).await;
    assert_eq!(outcome.unwrap(), 60);
    assert_eq!(written, file(100, 0)[10..70]);
    let asked = ["bytes=10-69", "bytes=35-69", "bytes=60-69"];
    assert_eq!(server.ranges(), ranges(&asked.map(Some)));
}

#[tokio::test]
async fn shorter_ranges_count_as_attempts() {
    let server = FileServer::start(sparing(10));
    let (outcome, written) = download(&server).await;
    let error = outcome.unwrap_err();
    let rule = "the server sent a shorter range than was requested";
    assert_eq!(
        (error.explain().rule, error.classify()),
        (rule, Class::Transient)
    );
    assert_eq!(error.to_string(), format!("{rule}; 80 bytes were written"));
    assert_eq!(server.seen().len(), 5);
    assert_eq!(written, file(100, 0)[..80]);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_download_continues_a_shorter_range_too() {
    use retry_reqwest::blocking::RequestBuilderExt;

    let server = FileServer::start(sparing(25));
    let url = server.url();
    let written = crate::blocking::blocking(move |client| {
        let mut written = Vec::new();
        let request = client.get(url).retry(&POLICY);
        request.download(&mut written).unwrap();
        written
    });
    assert_eq!(written.await, file(100, 0));
    assert_eq!(server.seen().len(), 4);
}
