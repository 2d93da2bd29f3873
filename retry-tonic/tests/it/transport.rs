//! Failures of the channel, which the server did not respond to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use h2::Reason;
use http::{HeaderMap, HeaderValue, Response};
use retry_tonic::{Error, RetryLayer, explain};
use retryable::testing::{Record, record_async};
use retryable::{Class, NoDelay, Policy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tonic::Status;
use tonic::transport::Endpoint;

use crate::server::{Client, SAY};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

/// Says something by a method that is not declared idempotent, or is.
async fn say(address: SocketAddr, idempotent: bool) -> (Result<String, Status>, Record) {
    let channel = Endpoint::from_shared(format!("http://{address}"));
    let mut layer = RetryLayer::new(POLICY);
    if idempotent {
        layer = layer.idempotent(SAY);
    }
    let mut client = Client::new(layer.wrap(channel.unwrap().connect_lazy()));
    record_async(client.say("hi")).await
}

fn assert_rule(outcome: Result<String, Status>, class: Class, rule: &str) {
    let status = outcome.unwrap_err();
    let verdict = explain(&status);
    assert_eq!((verdict.class, verdict.rule), (class, rule), "{status:?}");
    assert_eq!(Error::from(status).explain(), verdict);
}

#[tokio::test]
async fn a_call_without_a_connection_was_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (outcome, record) = say(address, false).await;
    assert_eq!(record.attempts(), 3);
    assert_rule(
        outcome,
        Class::Refused,
        "connecting failed: nothing was sent",
    );
}

/// What a server of HTTP/2 does with each stream.
#[derive(Clone, Copy)]
enum Act {
    Reset(Reason),
    /// Sends the head of a response, then resets.
    ResetAfterHead(Reason),
    /// Closes the connection.
    Close,
}

/// Acts so on the first stream of every connection, and on the first in all says hello after that.
async fn acting(act: Act, times: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let streams = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&streams);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move { serve(stream, act, times, &counter).await });
        }
    });
    (address, streams)
}

async fn serve(stream: TcpStream, act: Act, times: usize, counter: &AtomicUsize) -> Option<()> {
    let mut connection = h2::server::handshake(stream).await.ok()?;
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let head = Response::builder()
            .header("content-type", "application/grpc")
            .body(());
        let head = head.unwrap();
        if counter.fetch_add(1, Ordering::SeqCst) < times {
            match act {
                Act::Reset(reason) => respond.send_reset(reason),
                Act::ResetAfterHead(reason) => {
                    let mut stream = respond.send_response(head, false).ok()?;
                    // After the head is on its way.
                    tokio::spawn(async move {
                        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                        stream.send_reset(reason);
                    });
                }
                Act::Close => return None,
            }
            continue;
        }
        drop(request);
        let mut stream = respond.send_response(head, false).ok()?;
        // The string "hello" in field 1.
        stream
            .send_data(
                bytes::Bytes::from_static(b"\0\0\0\0\x07\x0a\x05hello"),
                false,
            )
            .ok()?;
        let trailers = HeaderMap::from_iter([(
            "grpc-status".parse().unwrap(),
            HeaderValue::from_static("0"),
        )]);
        stream.send_trailers(trailers).ok()?;
    }
    Some(())
}

#[tokio::test]
async fn a_refused_stream_is_retried_for_every_method() {
    let (address, streams) = acting(Act::Reset(Reason::REFUSED_STREAM), 2).await;
    let (outcome, record) = say(address, false).await;
    assert_eq!(outcome.unwrap(), "hello");
    assert_eq!(record.classes(), [Class::Refused; 2]);
    assert_eq!(streams.load(Ordering::SeqCst), 3);
    let (address, _) = acting(Act::Reset(Reason::REFUSED_STREAM), 3).await;
    let (outcome, _) = say(address, false).await;
    assert_rule(
        outcome,
        Class::Refused,
        "HTTP/2 REFUSED_STREAM: not processed",
    );
}

/// A server that has begun to respond has processed the call.
#[tokio::test]
async fn a_stream_that_is_refused_after_its_head_was_not_refused() {
    let (address, streams) = acting(Act::ResetAfterHead(Reason::REFUSED_STREAM), 3).await;
    let (outcome, _) = say(address, true).await;
    assert_ne!(explain(&outcome.unwrap_err()).class, Class::Refused);
    assert_eq!(streams.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn other_resets_have_the_class_of_their_code() {
    let resets = [
        (Reason::INTERNAL_ERROR, Class::Permanent, "INTERNAL"),
        (Reason::CANCEL, Class::Permanent, "CANCELLED"),
        (
            Reason::ENHANCE_YOUR_CALM,
            Class::Transient,
            "RESOURCE_EXHAUSTED",
        ),
    ];
    for (reason, class, rule) in resets {
        let (address, _) = acting(Act::Reset(reason), 3).await;
        let (outcome, _) = say(address, true).await;
        assert_rule(outcome, class, rule);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_retried_if_the_method_may_run_twice() {
    for (idempotent, attempts) in [(true, 2), (false, 1)] {
        let (address, streams) = acting(Act::Close, 1).await;
        let (outcome, record) = say(address, idempotent).await;
        assert_eq!(outcome.is_ok(), idempotent, "{outcome:?}");
        let class = if idempotent {
            Class::Transient
        } else {
            Class::Ambiguous
        };
        assert_eq!(record.classes(), [class]);
        assert_eq!(streams.load(Ordering::SeqCst), attempts);
    }
    let (address, _) = acting(Act::Close, 9).await;
    let (outcome, _) = say(address, true).await;
    assert_rule(
        outcome,
        Class::Transient,
        "connection broken during the call",
    );
}

/// Waits for the first request, sends a `GOAWAY` with this last stream, and closes. Frames by hand (RFC 9113 sections 4.1 and
/// 6.8), because h2 names the last stream by itself.
async fn going_away(last_stream: u32) -> SocketAddr {
    async fn go_away(mut stream: TcpStream, last_stream: u32) -> Option<()> {
        const HEADERS: u8 = 1;
        stream.read_exact(&mut [0; 24]).await.ok()?;
        stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.ok()?;
        let mut head = [0; 9];
        while head[3] != HEADERS {
            stream.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            stream.read_exact(&mut payload).await.ok()?;
        }
        let head = [0, 0, 8, 7, 0, 0, 0, 0, 0];
        let frame = [&head[..], &last_stream.to_be_bytes(), &[0; 4]].concat();
        stream.write_all(&frame).await.ok()?;
        stream.shutdown().await.ok()?;
        // Unread bytes would turn the end into a reset.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        Some(())
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            go_away(stream, last_stream).await;
        }
    });
    address
}

#[tokio::test]
async fn a_stream_above_the_last_of_a_goaway_was_refused() {
    let address = going_away(0).await;
    let (outcome, record) = say(address, false).await;
    assert_eq!(record.attempts(), 3);
    assert_rule(outcome, Class::Refused, "HTTP/2 GOAWAY: not processed");
}

#[tokio::test]
async fn a_stream_that_a_goaway_counts_as_processed_was_not_refused() {
    let address = going_away(1).await;
    let (outcome, record) = say(address, false).await;
    assert_eq!(record.classes(), [Class::Ambiguous], "{outcome:?}");
    assert_rule(
        outcome,
        Class::Transient,
        "connection broken during the call",
    );
}
