//! The server for tests does what its script says.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use retry_core::{Class, Policy};
use retry_reqwest::RequestBuilderExt;
use retry_reqwest::testing::{
    Recorded, Reply, Server, close, cut_after, drip, hang, raw, redirect, reply, reset,
};

use crate::server::{builder, client, failure};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(9);
const PAUSE: Duration = Duration::from_millis(5);

async fn rule_of(reply: Reply) -> &'static str {
    let server = Server::script([reply]);
    let client = builder().timeout(Duration::from_millis(200)).build();
    let error = failure(&client.unwrap(), &server.url()).await;
    server.finish();
    retry_reqwest::explain(&error).rule
}

#[tokio::test]
async fn each_misbehaviour_is_the_failure_that_its_name_says() {
    let rules = [
        rule_of(reset()).await,
        rule_of(raw("HTTP/1.1 200 OK\r\n").reset()).await,
        rule_of(close()).await,
        rule_of(cut_after(10, "hello world")).await,
        rule_of(cut_after(10, "hello world").reset()).await,
        rule_of(cut_after(10, "hello world").hang()).await,
        rule_of(hang()).await,
        rule_of(reply(200).after(Duration::from_secs(20))).await,
        rule_of(raw("nonsense\r\n\r\n").close()).await,
    ];
    assert_eq!(
        rules,
        [
            "connection reset during the exchange",
            "connection reset during the exchange",
            "connection closed before the response",
            "the body ended too early",
            "connection reset during the exchange",
            "timed out, perhaps after the request was sent",
            "timed out, perhaps after the request was sent",
            "timed out, perhaps after the request was sent",
            "the response is not HTTP",
        ]
    );
}

#[tokio::test]
async fn one_call_survives_every_kind_of_failure() {
    let timeout = POLICY.attempt_timeout(Duration::from_millis(200));
    let server = Server::script([
        reply(503).header("retry-after-ms", "1"),
        reset(),
        close(),
        cut_after(5, "hello world"),
        hang(),
        redirect(307, "/elsewhere"),
        reset(),
        reply(200).body("hello world"),
    ]);
    let request = client().get(format!("{}/first?a=b", server.url()));
    let (text, report) = request.retry(&timeout).report().text().await;
    assert_eq!(
        (text.unwrap().as_str(), report.attempts),
        ("hello world", 7)
    );
    let paths = server.finish().into_iter().map(|seen| seen.path);
    assert_eq!(
        paths.collect::<Vec<_>>()[5..],
        ["/first?a=b", "/elsewhere", "/first?a=b"]
    );
}

#[tokio::test]
async fn a_body_that_drips_arrives_whole_over_its_pauses() {
    let server = Server::script([drip(2, PAUSE, "hello"), reply(200).body("at once")]);
    let start = Instant::now();
    let text = client().get(server.url()).send().await.unwrap().text();
    assert_eq!(text.await.unwrap(), "hello");
    assert!(start.elapsed() >= 2 * PAUSE);
    let text = client().get(server.url()).send().await.unwrap().text();
    assert_eq!(text.await.unwrap(), "at once");
    server.finish();
}

#[tokio::test]
async fn requests_are_recorded_with_their_bodies() {
    let server = Server::repeat_last([reply(200)]);
    let big = "0123456789".repeat(500_000);
    let stream = futures_util::stream::iter(["he", "llo"].map(Ok::<_, std::io::Error>));
    let stream = reqwest::Body::wrap_stream(stream);
    for body in [reqwest::Body::from("hello"), stream, big.clone().into()] {
        let request = client().put(server.url()).header("x-a", "b").body(body);
        request.send().await.unwrap();
    }
    assert_eq!(server.connections(), 3);
    let [plain, chunked, large] = &server.finish()[..] else {
        panic!("not three requests")
    };
    assert_eq!(
        (&plain.method, plain.path.as_str()),
        (&http::Method::PUT, "/")
    );
    assert_eq!(
        (plain.header("x-a"), plain.header("x-b")),
        (Some("b"), None)
    );
    assert!(plain.time <= chunked.time && chunked.time <= large.time);
    for small in [plain, chunked] {
        assert_eq!((&small.body[..], small.complete), (&b"hello"[..], true));
        assert!(small.has_body("hello") && !small.has_body("hallo"));
    }
    // Of a large body there are only its length and its hash.
    assert_eq!((large.body.len(), large.body_len), (0, 5_000_000));
    let other = big.replacen('9', "8", 1);
    assert!(large.has_body(&big) && !large.has_body(other));
}

#[tokio::test]
async fn a_reply_need_not_wait_for_the_body() {
    let body = "0123456789".repeat(100_000);
    let upload = |server: &Server| client().put(server.url()).body(body.clone()).send();
    let server = Server::script([
        reply(413).read_at_most(0),
        reset().read_at_most(1000),
        reply(200),
    ]);
    assert_eq!(upload(&server).await.unwrap().status(), 413);
    let error = upload(&server).await.unwrap_err();
    assert_eq!(retry_reqwest::classify(&error), Class::Transient);
    upload(&server).await.unwrap();
    let seen = server.finish();
    let read = |seen: &Recorded| (seen.body_len, seen.complete);
    let reads = seen.iter().map(read).collect::<Vec<_>>();
    assert_eq!(reads, [(0, false), (1000, false), (1_000_000, true)]);
}

/// What follows on the connection is discarded: a client that sent its next request there would wait for ever.
#[test]
fn a_response_before_the_end_of_the_body_is_the_last_of_its_connection() {
    let server = Server::script([reply(503).read_at_most(1)]);
    let address = server.url().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    let request = format!("PUT / HTTP/1.1\r\nhost: {address}\r\ncontent-length: 3\r\n\r\nabc");
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.contains("connection: close\r\n"), "{response}");
}

#[tokio::test]
async fn responses_without_a_body_have_none() {
    let server = Server::repeat_last([reply(204), reply(304), reply(200).body("not for HEAD")]);
    let client = client();
    for status in [204, 304, 200, 200] {
        let response = client.head(server.url()).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.text().await.unwrap(), "");
    }
    // They do not disturb the next request of the connection.
    assert_eq!(server.connections(), 1);
    server.finish();
}

#[tokio::test]
async fn a_whole_response_that_ends_its_connection_says_so() {
    let server = Server::script([
        reply(200).body("hello").close(),
        cut_after(10, "hello"),
        cut_after(1, "hello"),
    ]);
    let mut said = Vec::new();
    for _ in 0..3 {
        let response = client().get(server.url()).send().await.unwrap();
        said.push(response.headers().contains_key("connection"));
    }
    assert_eq!(said, [true, true, false]);
    server.finish();
}

#[tokio::test]
async fn a_request_past_the_end_gets_an_explanation_that_no_policy_retries() {
    let server = Server::script([reply(503)]);
    let error = client().get(server.url()).retry(&POLICY).send().await;
    assert_eq!(error.unwrap_err().explain().class, Class::Permanent);
    assert_eq!(server.requests().len(), 2);
    let response = client().get(server.url()).send().await.unwrap();
    let text = response.text().await.unwrap();
    assert_eq!(text, "this is request 3, but the script has 1 replies");
}

#[tokio::test]
#[should_panic(expected = "the server received 2 requests, but its script has 1 replies")]
async fn finishing_notices_a_request_too_many() {
    let server = Server::script([reply(503)]);
    let _ = client().get(server.url()).retry(&POLICY).send().await;
    server.finish();
}

#[test]
#[should_panic(expected = "the server received 0 requests, but its script has 1 replies")]
fn finishing_notices_a_missing_request() {
    Server::repeat_last([reply(200)]).finish();
}

#[test]
#[should_panic(expected = "the status is 99, but must be in 100..=999")]
fn a_status_that_does_not_exist_is_named() {
    let _ = reply(99);
}

#[test]
#[should_panic(expected = "`a b: c` is not a valid header; send it with `raw`")]
fn a_header_that_does_not_exist_is_named() {
    let _ = reply(200).header("a b", "c");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_server_ends_what_hangs_and_drips() {
    for reply in [
        hang(),
        drip(1, Duration::from_secs(30), "hello"),
        reply(200).after(Duration::from_secs(30)),
    ] {
        let server = Server::script([reply]);
        let url = server.url();
        let request = tokio::spawn(async move { failure(&client(), &url).await });
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        let start = Instant::now();
        server.finish();
        let error = request.await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_dropped_refuses_connections() {
    let url = Server::script([]).url();
    let error = client().get(url).send().await.unwrap_err();
    assert_eq!(retry_reqwest::classify(&error), Class::Refused);
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_client_needs_no_runtime() {
    use retry_reqwest::blocking::RequestBuilderExt as _;
    let server = Server::script([reset(), reply(200).body("hello")]);
    let client = reqwest::blocking::Client::new();
    let text = client.get(server.url()).retry(&POLICY).text();
    assert_eq!(text.unwrap(), "hello");
    server.finish();
}
