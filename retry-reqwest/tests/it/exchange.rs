//! Failures on a connection that stands.

use std::time::Duration;

use futures_util::stream;
use reqwest::redirect::Policy;
use reqwest::{Body, Client, StatusCode};
use retry_core::{Class, Classify, On};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use retry_reqwest::testing::{Reply, Server, close, hang, raw, reset};

use crate::server::{assert_rule, builder, client, failure, respond};

async fn failure_of(act: Reply) -> reqwest::Error {
    let server = Server::repeat_last([act]);
    failure(&client(), &server.url()).await
}

fn impatient() -> Client {
    builder()
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_reset_in_place_of_a_response_is_transient() {
    let error = failure_of(reset()).await;
    assert_rule(
        &error,
        Class::Transient,
        "connection reset during the exchange",
    );
}

#[tokio::test]
async fn a_connection_closed_in_place_of_a_response_is_transient() {
    let error = failure_of(close()).await;
    assert_rule(
        &error,
        Class::Transient,
        "connection closed before the response",
    );
}

#[tokio::test]
async fn a_head_that_breaks_off_is_transient() {
    let error = failure_of(raw("HTTP/1.1 200 OK\r\nconte").close()).await;
    assert_rule(
        &error,
        Class::Transient,
        "connection closed before the response",
    );
}

#[tokio::test]
async fn a_body_shorter_than_its_length_is_transient() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let error = failure_of(raw(head).close()).await;
    assert!(
        error.is_decode(),
        "a truncated body no longer counts as decoding"
    );
    assert_rule(&error, Class::Transient, "the body ended too early");
}

#[tokio::test]
async fn a_chunked_body_without_its_end_is_transient() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    let error = failure_of(raw(head).close()).await;
    assert_rule(&error, Class::Transient, "the body ended too early");
}

#[tokio::test]
async fn a_reset_within_the_body_is_transient() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let error = failure_of(raw(head).reset()).await;
    assert_rule(
        &error,
        Class::Transient,
        "connection reset during the exchange",
    );
}

#[tokio::test]
async fn json_that_breaks_off_with_its_body_is_transient() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n[1,";
    let server = Server::repeat_last([raw(head).close()]);
    let response = client().get(server.url()).send().await.unwrap();
    let error = response.json::<Vec<u32>>().await.unwrap_err();
    assert_rule(&error, Class::Transient, "the body ended too early");
}

#[tokio::test]
async fn json_that_does_not_decode_is_permanent() {
    for body in ["<html>", "[1,", "[\"one\"]"] {
        let server = Server::repeat_last([respond(200, "", body)]);
        let response = client().get(server.url()).send().await.unwrap();
        let error = response.json::<Vec<u32>>().await.unwrap_err();
        assert_rule(&error, Class::Permanent, "the body does not decode");
    }
}

/// gzip of "hello hello hello", as a chunked body that is cut off after so many bytes.
fn gzip(cut: usize) -> Vec<u8> {
    let gzip = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27,
        0, 0x3a, 0xd1, 0xba, 0x78, 17, 0, 0, 0,
    ];
    let gzip = &gzip[..cut.min(gzip.len())];
    let length = gzip.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), gzip].concat()
}

#[tokio::test]
async fn a_compressed_body_that_breaks_off_is_transient() {
    let error = failure_of(raw(gzip(14))).await;
    assert_rule(&error, Class::Transient, "the body ended too early");
}

#[tokio::test]
async fn a_compressed_body_that_is_nonsense_is_permanent() {
    let headers = "content-encoding: gzip\r\n";
    let error = failure_of(respond(200, headers, "this is not gzip at all")).await;
    assert_rule(&error, Class::Permanent, "the body does not decode");
}

#[tokio::test]
async fn a_response_that_does_not_come_in_time_is_transient() {
    let server = Server::repeat_last([hang()]);
    let error = failure(&impatient(), &server.url()).await;
    assert_rule(
        &error,
        Class::Transient,
        "timed out, perhaps after the request was sent",
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_transient() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let server = Server::repeat_last([raw(head).hang()]);
    let error = failure(&impatient(), &server.url()).await;
    assert_rule(
        &error,
        Class::Transient,
        "timed out, perhaps after the request was sent",
    );

    let reads = builder().read_timeout(Duration::from_millis(50));
    let error = failure(&reads.build().unwrap(), &server.url()).await;
    assert_rule(
        &error,
        Class::Transient,
        "timed out, perhaps after the request was sent",
    );
}

/// The server of the test kit reads first. As servers do that shed load, or close an idle connection by a 408. Whether the request was written
/// before that was seen is a race, and the failure is worth another attempt in both cases.
#[tokio::test]
async fn a_server_that_speaks_before_it_was_asked_is_worth_another_attempt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let early = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n";
        stream.write_all(early).await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    match client().get(&url).send().await {
        Ok(response) => assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT),
        Err(error) => assert!(On::Transient.retries(error.classify()), "{error:?}"),
    }
}

#[tokio::test]
async fn a_response_that_is_not_http_is_permanent() {
    let error = failure_of(raw("220 ready, speak SMTP\r\n").close()).await;
    assert_rule(&error, Class::Permanent, "the response is not HTTP");
}

#[tokio::test]
async fn a_redirect_loop_is_permanent() {
    let server = Server::repeat_last([respond(302, "location: /\r\n", "")]);
    let error = failure(&client(), &server.url()).await;
    assert_rule(
        &error,
        Class::Permanent,
        "too many redirects, or a redirect loop",
    );
}

#[tokio::test]
async fn a_redirect_that_the_policy_forbids_is_permanent() {
    let server = Server::repeat_last([respond(302, "location: /\r\n", "")]);
    let policy = Policy::custom(|attempt| attempt.error("not there"));
    let client = builder().redirect(policy).build().unwrap();
    let error = failure(&client, &server.url()).await;
    assert_rule(
        &error,
        Class::Permanent,
        "too many redirects, or a redirect loop",
    );
}

#[tokio::test]
async fn a_request_whose_own_body_fails_is_permanent() {
    let server = Server::repeat_last([respond(200, "", "")]);
    let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let body = Body::wrap_stream(stream::iter([Ok("half"), Err(reset)]));
    let error = client()
        .put(server.url())
        .body(body)
        .send()
        .await
        .unwrap_err();
    assert_rule(&error, Class::Permanent, "the request's own body failed");
}

#[tokio::test]
async fn a_failed_status_that_reqwest_reports_goes_by_the_table() {
    let server = Server::repeat_last([respond(503, "retry-after: 1\r\n", "")]);
    let response = client().get(server.url()).send().await.unwrap();
    // The error has lost the headers, and with them the hint.
    let error = response.error_for_status().unwrap_err();
    assert_rule(&error, Class::Transient, "503 service unavailable");
}
