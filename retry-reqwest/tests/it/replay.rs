//! Bodies that are sent again: whole, or not at all.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use reqwest::{Body, StatusCode};
use retry_core::{Class, NoDelay, On, Policy};
use retry_reqwest::testing::{Server, close, reply};
use retry_reqwest::{Error, ErrorKind, ReplayBody, RequestBuilderExt, clone_request};

use crate::server::{bodies, busy, client, ok};

/// Even what the class says not to repeat, so that it is the body that decides.
const STUBBORN: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(4).on(On::Any);

async fn put(server: &Server, body: ReplayBody) -> Result<StatusCode, Error> {
    let request = client().put(server.url()).retry(&STUBBORN);
    Ok(request.replay_body(body).send().await?.status())
}

pub(crate) fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

/// In pieces of 1000 bytes, which do not fall in with the blocks of the copy.
fn pieces(content: &[u8]) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let pieces: Vec<_> = content.chunks(1000).map(Bytes::copy_from_slice).collect();
    stream::iter(pieces).map(Ok)
}

pub(crate) fn content(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

fn replays(content: &[u8]) -> Vec<(&'static str, ReplayBody, Option<tempfile::NamedTempFile>)> {
    let file = file(content);
    let bytes = content.to_vec();
    let make = move || Body::from(bytes.clone());
    vec![
        ("bytes", ReplayBody::from_bytes(content.to_vec()), None),
        ("file", ReplayBody::from_file(file.path()), Some(file)),
        ("fn", ReplayBody::from_fn(make), None),
        (
            "buffered",
            ReplayBody::buffered(pieces(content), content.len()),
            None,
        ),
    ]
}

#[tokio::test]
async fn every_attempt_sends_the_whole_body() {
    for length in [0, 1, 999, 16 * 1024, 300_000] {
        let content = content(length);
        for (name, body, _file) in replays(&content) {
            let server = Server::repeat_last([busy(), busy(), ok()]);
            assert_eq!(put(&server, body).await.unwrap(), 200, "{name}");
            assert_eq!(bodies(&server).len(), 3);
            for body in bodies(&server) {
                assert_eq!(body.unwrap(), content, "{name}, {length}");
            }
        }
    }
}

#[tokio::test]
async fn an_interrupted_upload_starts_again_from_its_first_byte() {
    let content = content(3_000_000);
    for (name, body, _file) in replays(&content) {
        let server =
            Server::repeat_last([close().read_at_most(500_000), close().read_at_most(1), ok()]);
        assert_eq!(put(&server, body).await.unwrap(), 200, "{name}");
        assert_eq!(
            bodies(&server),
            [None, None, Some(content.clone().into())],
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_retry_begins_before_the_first_upload_has_finished() {
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<io::Result<Bytes>>();
    send.send(Ok("first, ".into())).unwrap();
    let stream = stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|item| (item, receive))
    });
    let server = Server::repeat_last([reply(503).body("answer").read_at_most(0), ok()]);
    let body = ReplayBody::buffered(stream, 1024);
    let request = client()
        .put(server.url())
        .retry(&STUBBORN)
        .replay_body(body);
    // The rest comes, and the stream ends, only once the first attempt has failed.
    let send = Mutex::new(Some(send));
    let request = request.on_retry(|_| {
        let send = send.lock().unwrap().take().unwrap();
        send.send(Ok("then the rest".into())).unwrap();
    });
    let call = tokio::time::timeout(Duration::from_secs(5), request.send());
    assert_eq!(call.await.unwrap().unwrap().status(), 200);
    assert_eq!(bodies(&server), [None, Some("first, then the rest".into())]);
}

#[tokio::test]
async fn over_the_cap_the_attempt_under_way_finishes_and_no_other_follows() {
    let content = content(5000);
    let server = Server::repeat_last([busy(), ok()]);
    let error = put(&server, ReplayBody::buffered(pieces(&content), 4999)).await;
    let error = error.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(bodies(&server), [Some(content.clone().into())]);

    let server = Server::repeat_last([ok()]);
    let status = put(&server, ReplayBody::buffered(pieces(&content), 0)).await;
    assert_eq!(status.unwrap(), 200);
    assert_eq!(bodies(&server), [Some(content.into())]);
}

#[tokio::test]
async fn a_stream_on_the_builder_is_sent_once_and_its_own_failure_is_returned() {
    let content = content(5000);
    let server = Server::repeat_last([busy(), ok()]);
    let body = Body::wrap_stream(pieces(&content));
    let request = client().put(server.url()).body(body).retry(&STUBBORN);
    let (outcome, report) = request.report().send().await;
    let error = outcome.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1)));
    assert_eq!(report.attempts, 1);
    assert_eq!(report.gave_up, Some(retry_core::GiveUp::NotRetryable));
    assert_eq!(bodies(&server), [Some(content.into())]);
}

#[tokio::test]
async fn bytes_on_the_builder_need_no_replay_body() {
    let server = Server::repeat_last([busy(), ok()]);
    let request = client().put(server.url()).body("whole").retry(&STUBBORN);
    request.send().await.unwrap();
    assert_eq!(
        bodies(&server),
        [Some("whole".into()), Some("whole".into())]
    );
}

#[tokio::test]
async fn a_stream_that_fails_is_not_sent_again() {
    let server = Server::repeat_last([ok()]);
    let pieces = [Ok("half"), Err(io::Error::other("no more"))];
    let body = ReplayBody::buffered(stream::iter(pieces), 1024);
    let error = put(&server, body).await.unwrap_err();
    assert_eq!(error.explain().rule, "the request's own body failed");
    assert_eq!(bodies(&server).iter().flatten().count(), 0);
}

#[tokio::test]
async fn a_file_has_its_length_announced_and_is_opened_by_each_attempt() {
    let file = file(b"first");
    let server = Server::repeat_last([busy(), ok()]);
    let path = file.path().to_owned();
    let request = client().put(server.url()).retry(&STUBBORN);
    let request = request.replay_body(ReplayBody::from_file(&path));
    let request = request.on_retry(|_| std::fs::write(&path, "second!").unwrap());
    request.send().await.unwrap();
    assert_eq!(
        bodies(&server),
        [Some("first".into()), Some("second!".into())]
    );
    let lengths: Vec<_> = server
        .requests()
        .iter()
        .map(|seen| seen.headers["content-length"].clone())
        .collect();
    assert_eq!(lengths, ["5", "7"]);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_permanent_and_nothing_is_sent() {
    let server = Server::repeat_last([ok()]);
    let request = client().put(server.url()).retry(&POLICY);
    let request = request.replay_body(ReplayBody::from_file("no such file"));
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotReplayable);
    assert_eq!(error.explain().class, Class::Permanent);
    let source = std::error::Error::source(&error).unwrap();
    let source = source.downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::NotFound);
    assert!(server.requests().is_empty());
}

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(4);

#[tokio::test]
async fn a_closure_is_called_for_each_attempt_and_may_fail() {
    let made = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    let body = ReplayBody::from_fn(move || match counter.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(Body::from("whole")),
        _ => Err("the source is gone"),
    });
    let server = Server::repeat_last([busy(), ok()]);
    let request = client().put(server.url()).retry(&POLICY);
    let error = request.replay_body(body).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotReplayable);
    assert_eq!(made.load(Ordering::SeqCst), 2);
    assert_eq!(bodies(&server), [Some("whole".into())]);
}

#[cfg(feature = "multipart")]
#[tokio::test]
async fn a_form_is_made_for_each_attempt_with_its_own_boundary() {
    let form = || reqwest::multipart::Form::new().text("name", "value");
    let server = Server::repeat_last([busy(), ok()]);
    let body = ReplayBody::from_fn(form);
    assert_eq!(put(&server, body).await.unwrap(), 200);
    for seen in server.requests() {
        let content_type = seen.headers["content-type"].to_str().unwrap().to_owned();
        let boundary = content_type.split_once("boundary=").unwrap().1.to_owned();
        let body = String::from_utf8(seen.body.to_vec()).unwrap();
        assert!(body.starts_with(&format!("--{boundary}")), "{body}");
        assert!(body.ends_with(&format!("--{boundary}--\r\n")), "{body}");
        assert!(body.contains("value"));
    }
}

#[test]
fn a_request_with_a_stream_cannot_be_cloned() {
    let request = |body: Body| {
        client()
            .put("http://127.0.0.1/")
            .body(body)
            .build()
            .unwrap()
    };
    assert!(clone_request(&request(Body::from("bytes"))).is_ok());
    let stream = Body::wrap_stream(pieces(b"bytes"));
    let error = clone_request(&request(stream)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the body of the request cannot be sent again"
    );
    assert_eq!(Error::from(error).kind(), ErrorKind::NotReplayable);
}
