//! The body of a failed response: read within bounds, so that the connection is used again.

use std::time::{Duration, Instant};

use retry_core::{Class, Classify, Policy};
use retry_reqwest::RequestBuilderExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

use retry_reqwest::testing::{Reply, Server, raw};

use crate::server::{client, read_head, respond};

/// Two failed requests in turn; gives the connections that they took.
async fn connections_for(act: Reply) -> usize {
    let server = Server::repeat_last([act]);
    let client = client();
    for _ in 0..2 {
        client.get(server.url()).send_checked().await.unwrap_err();
    }
    assert_eq!(server.requests().len(), 2);
    server.connections()
}

#[tokio::test]
async fn a_failed_response_leaves_its_connection_to_the_next_request() {
    for length in [0, 1, 512, 513, 60 * 1024] {
        let body = "x".repeat(length);
        assert_eq!(
            connections_for(respond(500, "", &body)).await,
            1,
            "{length}"
        );
    }
}

#[tokio::test]
async fn a_failed_response_in_chunks_leaves_its_connection_to_the_next_request() {
    let answer = "HTTP/1.1 500 Scripted\r\ntransfer-encoding: chunked\r\n\r\n3\r\nwhy\r\n0\r\n\r\n";
    assert_eq!(connections_for(raw(answer)).await, 1);
}

#[tokio::test]
async fn a_body_too_long_to_drain_closes_its_connection() {
    let body = "x".repeat(1024 * 1024);
    assert_eq!(connections_for(respond(500, "", &body)).await, 2);
}

#[tokio::test]
async fn an_error_keeps_the_first_512_bytes_of_the_body() {
    let body: String = ('a'..='z').cycle().take(100_000).collect();
    let server = Server::repeat_last([respond(500, "", &body)]);
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert_eq!(error.body(), &body.as_bytes()[..512]);
}

#[tokio::test]
async fn a_body_that_never_ends_does_not_hold_the_error_up() {
    let answer = "HTTP/1.1 500 Scripted\r\ncontent-length: 600\r\n\r\nhalf";
    let server = Server::repeat_last([raw(answer).hang()]);
    let began = Instant::now();
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(error.body(), b"half");
}

/// The time is that of the whole body, and not of each piece.
#[tokio::test]
async fn a_body_that_comes_in_drops_does_not_hold_the_error_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    // Not the server of the test kit: this one ends when the client has hung up, and the test checks that.
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await.unwrap();
        let head = b"HTTP/1.1 500 Scripted\r\ncontent-length: 60000\r\n\r\n";
        stream.write_all(head).await.unwrap();
        // Until the client has hung up.
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let began = Instant::now();
    let error = client().get(url).send_checked().await.unwrap_err();
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(100), "{took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(error.body().len() < 512 && error.body().starts_with(b"x"));
    let hung_up = timeout(Duration::from_secs(5), server);
    hung_up.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_body_that_breaks_off_does_not_hide_the_status() {
    let answer = "HTTP/1.1 500 Scripted\r\ncontent-length: 600\r\n\r\nhalf";
    let server = Server::repeat_last([raw(answer).close()]);
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert_eq!(error.body(), b"half");
}

/// What the server said counts, and not that there was no time to read why.
#[tokio::test]
async fn time_that_runs_out_over_the_body_does_not_hide_the_status() {
    let answer = "HTTP/1.1 429 Scripted\r\nretry-after: 7\r\ncontent-length: 600\r\n\r\nhalf";
    let server = Server::repeat_last([raw(answer).hang()]);
    let (client, url) = (client(), server.url());
    let policy = Policy::new().max_attempts(1);
    // Less than the 100 ms that the body is read for, and enough for the head to come.
    let hasty = policy.attempt_timeout(Duration::from_millis(90));
    let by_attempt = client.post(&url).retry(&hasty).send().await.unwrap_err();
    let due = policy.deadline(Duration::from_millis(90));
    let by_deadline = client.post(&url).retry(&due).send().await.unwrap_err();
    let checked = due.run(|| client.post(&url).send_checked());
    for error in [by_attempt, by_deadline, checked.await.unwrap_err()] {
        let retry_after = Some(Duration::from_secs(7));
        assert_eq!(error.classify(), Class::Throttled { retry_after });
    }
}
