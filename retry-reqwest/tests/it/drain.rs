//! The body of a failed answer: read within bounds, so that the connection is used again.

use std::time::{Duration, Instant};

use retry_reqwest::RequestBuilderExt;

use crate::server::{Act, Server, client};

/// Two failed requests in turn; gives the connections that they took.
async fn connections_for(act: Act) -> usize {
    let server = Server::start([act]).await;
    let client = client();
    for _ in 0..2 {
        client.get(server.url()).send_checked().await.unwrap_err();
    }
    assert_eq!(server.requests(), 2);
    server.connections()
}

#[tokio::test]
async fn a_failed_answer_leaves_its_connection_to_the_next_request() {
    for length in [0, 1, 512, 513, 60 * 1024] {
        let body = "x".repeat(length);
        assert_eq!(
            connections_for(Act::status(500, "", &body)).await,
            1,
            "{length}"
        );
    }
}

#[tokio::test]
async fn a_failed_answer_in_chunks_leaves_its_connection_to_the_next_request() {
    let answer = "HTTP/1.1 500 Scripted\r\ntransfer-encoding: chunked\r\n\r\n3\r\nwhy\r\n0\r\n\r\n";
    assert_eq!(connections_for(Act::Answer(answer.into())).await, 1);
}

#[tokio::test]
async fn a_body_too_long_to_drain_gives_its_connection_up() {
    let body = "x".repeat(1024 * 1024);
    assert_eq!(connections_for(Act::status(500, "", &body)).await, 2);
}

#[tokio::test]
async fn an_error_keeps_the_first_512_bytes_of_the_body() {
    let body: String = ('a'..='z').cycle().take(100_000).collect();
    let server = Server::start([Act::status(500, "", &body)]).await;
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert_eq!(error.body(), &body.as_bytes()[..512]);
}

#[tokio::test]
async fn a_body_that_never_ends_does_not_hold_the_error_up() {
    let answer = b"HTTP/1.1 500 Scripted\r\ncontent-length: 600\r\n\r\nhalf";
    let server = Server::start([Act::AnswerAndHang(answer.into())]).await;
    let began = Instant::now();
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(error.body(), b"half");
}

#[tokio::test]
async fn a_body_that_breaks_off_does_not_hide_the_status() {
    let answer = b"HTTP/1.1 500 Scripted\r\ncontent-length: 600\r\n\r\nhalf";
    let server = Server::start([Act::AnswerAndClose(answer.into())]).await;
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert_eq!(error.body(), b"half");
}
