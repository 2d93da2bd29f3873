//! What an HTTP/2 server says of requests that it did not process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::Connection;
use reqwest::Client;
use retry_core::{Class, Policy};
use retry_reqwest::{ReplayBody, RequestBuilderExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Refusing, assert_rule, builder, failure};

/// Without reqwest's own retries, which would hide the first failure.
fn client() -> Client {
    builder()
        .http2_prior_knowledge()
        .retry(reqwest::retry::never())
        .build()
        .unwrap()
}

/// Resets every stream for this reason; counts them.
async fn resetting(reason: Reason) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let streams = Arc::new(AtomicUsize::new(0));
    let counter = streams.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut connection: Connection<_, Bytes> = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                respond.send_reset(reason);
            }
        }
    });
    (url, streams)
}

#[tokio::test]
async fn a_refused_stream_was_refused() {
    let (url, streams) = resetting(Reason::REFUSED_STREAM).await;
    let error = failure(&client(), &url).await;
    assert_rule(
        &error,
        Class::Refused,
        "HTTP/2 REFUSED_STREAM: not processed",
    );
    assert_eq!(streams.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn reqwest_itself_repeats_a_refused_stream_twice() {
    let (url, streams) = resetting(Reason::REFUSED_STREAM).await;
    let client = builder().http2_prior_knowledge().build().unwrap();
    let error = failure(&client, &url).await;
    assert_rule(
        &error,
        Class::Refused,
        "HTTP/2 REFUSED_STREAM: not processed",
    );
    assert_eq!(streams.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_stream_that_ends_by_enhance_your_calm_is_transient() {
    let (url, _) = resetting(Reason::ENHANCE_YOUR_CALM).await;
    let error = failure(&client(), &url).await;
    assert_rule(&error, Class::Transient, "HTTP/2 ENHANCE_YOUR_CALM");
}

#[tokio::test]
async fn a_stream_that_ends_by_an_internal_error_is_transient() {
    for reason in [Reason::INTERNAL_ERROR, Reason::CANCEL, Reason::NO_ERROR] {
        let (url, _) = resetting(reason).await;
        let error = failure(&client(), &url).await;
        assert_rule(
            &error,
            Class::Transient,
            "HTTP/2 stream or connection ended by an error",
        );
    }
}

/// They wait for one connection, and only the request that opens it receives the reason.
#[tokio::test]
async fn requests_at_once_to_a_server_that_is_down_are_all_refused() {
    let down = Refusing::start();
    let client = client();
    let posts = (0..16).map(|_| client.post(down.url()).body("order").send_checked());
    let outcomes = futures_util::future::join_all(posts).await;
    let verdicts = outcomes.into_iter().map(|sent| sent.unwrap_err().explain());
    let verdicts: Vec<_> = verdicts.collect();
    for verdict in &verdicts {
        assert_eq!(verdict.class, Class::Refused, "{verdict:?}");
    }
    let rule = "the shared connection could not be set up";
    assert!(verdicts.iter().any(|verdict| verdict.rule == rule));
}

#[tokio::test]
async fn a_protocol_error_is_permanent() {
    for reason in [Reason::PROTOCOL_ERROR, Reason::HTTP_1_1_REQUIRED] {
        let (url, _) = resetting(reason).await;
        let error = failure(&client(), &url).await;
        assert_rule(&error, Class::Permanent, "HTTP/2 protocol error");
    }
}

/// Shakes hands, and reads up to the head of the first request.
async fn take_request(stream: &mut TcpStream) -> Option<()> {
    const HEADERS: u8 = 1;
    stream.read_exact(&mut [0; 24]).await.ok()?;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(&settings).await.ok()?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await.ok()?;
        if head[3] == HEADERS {
            return Some(());
        }
    }
}

/// Waits for the first request, says `GOAWAY` with this reason and this last stream, and closes. Frames
/// by hand (RFC 9113 sections 4.1 and 6.8), as h2 names the last stream by itself.
async fn going_away(reason: Reason, last_stream: u32) -> String {
    async fn go_away(mut stream: TcpStream, reason: Reason, last_stream: u32) -> Option<()> {
        take_request(&mut stream).await?;
        let head = [0, 0, 8, 7, 0, 0, 0, 0, 0];
        let (last_stream, reason) = (last_stream.to_be_bytes(), u32::from(reason).to_be_bytes());
        let frame = [&head[..], &last_stream, &reason].concat();
        stream.write_all(&frame).await.ok()?;
        stream.shutdown().await.ok()?;
        // Unread bytes would turn the end into a reset.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        Some(())
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            go_away(stream, reason, last_stream).await;
        }
    });
    url
}

/// Why a server goes away. What it has not processed does not depend on it (RFC 9113 section 6.8).
const REASONS: [Reason; 5] = [
    Reason::NO_ERROR,
    Reason::INTERNAL_ERROR,
    Reason::ENHANCE_YOUR_CALM,
    Reason::PROTOCOL_ERROR,
    Reason::REFUSED_STREAM,
];

#[tokio::test]
async fn a_stream_above_the_last_of_a_goaway_was_refused() {
    for reason in REASONS {
        let url = going_away(reason, 0).await;
        let error = failure(&client(), &url).await;
        let rule = "HTTP/2 GOAWAY: not processed";
        assert_rule(&error, Class::Refused, rule);
    }
}

#[tokio::test]
async fn a_stream_that_a_goaway_counts_as_processed_was_not_refused() {
    for reason in REASONS {
        let url = going_away(reason, 1).await;
        let error = failure(&client(), &url).await;
        let rule = "connection reset during the exchange";
        assert_rule(&error, Class::Transient, rule);
        let error = client().post(&url).send_checked().await.unwrap_err();
        assert_eq!(error.explain().class, Class::Ambiguous, "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_under_http2_is_transient() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection: Connection<_, Bytes> = h2::server::handshake(stream).await.unwrap();
        let request = connection.accept().await;
        drop(connection);
        drop(request);
    });
    let error = failure(&client(), &url).await;
    assert_eq!(
        retry_reqwest::classify(&error),
        Class::Transient,
        "{error:?}"
    );
}

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(4);

/// By their nature: nothing of them was processed.
#[tokio::test]
async fn a_post_that_was_not_processed_is_sent_again() {
    let (url, streams) = resetting(Reason::REFUSED_STREAM).await;
    let request = client().post(&url).body("order").retry(&POLICY);
    let (outcome, report) = request.report().send().await;
    assert_eq!(outcome.unwrap_err().explain().class, Class::Refused);
    assert_eq!((report.attempts, streams.load(Ordering::SeqCst)), (4, 4));

    for reason in REASONS {
        let url = going_away(reason, 0).await;
        let request = client().post(&url).body("order").retry(&POLICY);
        let (outcome, report) = request.report().send().await;
        assert_eq!(outcome.unwrap_err().explain().class, Class::Refused);
        assert_eq!(report.attempts, 4);
    }
}

#[tokio::test]
async fn a_post_that_a_server_broke_off_is_sent_once() {
    for reason in [Reason::INTERNAL_ERROR, Reason::ENHANCE_YOUR_CALM] {
        let (url, streams) = resetting(reason).await;
        let request = client().post(&url).body("order").retry(&POLICY);
        let error = request.send().await.unwrap_err();
        assert_eq!(error.explain().class, Class::Ambiguous);
        assert_eq!(streams.load(Ordering::SeqCst), 1, "{reason}");
    }
}

/// Answers every request by the head of a 200 and a piece of its body, and then ends the stream for this
/// reason.
async fn breaking_off(reason: Reason) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let streams = Arc::new(AtomicUsize::new(0));
    let counter = streams.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let counter = counter.clone();
            tokio::spawn(async move {
                let mut connection: Connection<_, Bytes> =
                    h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    counter.fetch_add(1, Ordering::SeqCst);
                    let mut body = respond
                        .send_response(hyper::Response::new(()), false)
                        .unwrap();
                    body.send_data("half".into(), false).unwrap();
                    tokio::spawn(async move {
                        // What has been sent leaves first.
                        for _ in 0..100 {
                            tokio::task::yield_now().await;
                        }
                        body.send_reset(reason);
                    });
                }
            });
        }
    });
    (url, streams)
}

#[tokio::test]
async fn a_post_whose_response_has_begun_is_not_resent_however_it_ends() {
    for reason in [Reason::REFUSED_STREAM, Reason::ENHANCE_YOUR_CALM] {
        let (url, streams) = breaking_off(reason).await;
        let request = client().post(&url).body("order").retry(&POLICY);
        let error = request.text().await.unwrap_err();
        assert_eq!(error.explain().class, Class::Ambiguous, "{error:?}");
        assert_eq!(streams.load(Ordering::SeqCst), 1, "{reason:?}");
        // A request that may be repeated is.
        let (outcome, report) = client().get(&url).retry(&POLICY).report().text().await;
        assert_eq!(outcome.unwrap_err().explain().class, Class::Transient);
        assert_eq!(report.attempts, 4);
    }
}

/// h2 ends a connection by itself, and for the same reason, where a server floods it.
#[tokio::test]
async fn a_post_whose_response_the_client_rejects_is_not_resent() {
    async fn flood(mut stream: TcpStream) -> Option<()> {
        take_request(&mut stream).await?;
        // `:status: 200`, and headers that never end.
        stream
            .write_all(&[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x88])
            .await
            .ok()?;
        for _ in 0..10_000 {
            // `x: y`, as a literal that is not indexed.
            let more = [0, 0, 5, 9, 0, 0, 0, 0, 1, 0, 1, b'x', 1, b'y'];
            stream.write_all(&more).await.ok()?;
        }
        Some(())
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(flood(stream));
        }
    });
    let request = client().post(&url).body("order").retry(&POLICY);
    let error = request.send().await.unwrap_err();
    assert_eq!(error.explain().class, Class::Ambiguous, "{error:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

/// More than a window, so that the file is not sent before it changes.
const LARGE: u64 = 1 << 20;

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_resets_its_stream() {
    for length in [LARGE + 1, LARGE / 2] {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(LARGE).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let path = file.path().to_owned();
        let call = tokio::spawn(async move {
            let policy = Policy::new().max_attempts(1);
            let body = ReplayBody::from_file(path);
            let request = client().put(url).retry(&policy).replay_body(body);
            request.send().await.map(drop)
        });
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection: Connection<_, Bytes> = h2::server::handshake(stream).await.unwrap();
        let (request, _respond) = connection.accept().await.unwrap().unwrap();
        let announced = request.headers()["content-length"].to_str().unwrap();
        assert_eq!(announced, LARGE.to_string());
        file.as_file().set_len(length).unwrap();
        let driver = tokio::spawn(async move { while connection.accept().await.is_some() {} });
        let mut body = request.into_body();
        let reset = loop {
            match body.data().await.expect("the body ended in good order") {
                Ok(piece) => {
                    let _ = body.flow_control().release_capacity(piece.len());
                }
                Err(error) => break error,
            }
        };
        assert!(reset.is_reset(), "{reset}");
        let error = call.await.unwrap().unwrap_err();
        let verdict = error.explain();
        let rule = "the request's own body failed";
        assert_eq!((verdict.class, verdict.rule), (Class::Permanent, rule));
        driver.abort();
    }
}
