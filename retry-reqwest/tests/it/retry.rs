//! Requests under a policy: one boundary, from the first byte sent to the last byte read.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream;
use reqwest::{Body, StatusCode};
use retry_core::{Class, Clock, GiveUp, Policy, RetryBudget, Step};
use retry_reqwest::{ErrorKind, RequestBuilderExt};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

use retry_reqwest::testing::{Reply, Server, hang, raw, reset};

use crate::server::{Refusing, assert_verdict, client, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);

fn flaky() -> [Reply; 4] {
    [
        reset(),
        respond(503, "retry-after-ms: 1\r\n", "busy"),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").close(),
        respond(200, "", "whole"),
    ]
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_again_from_its_start() {
    let server = Server::repeat_last(flaky());
    let text = client().get(server.url()).retry(&POLICY).text().await;
    assert_eq!(text.unwrap(), "whole");
    assert_eq!(server.requests().len(), 4);

    let server = Server::repeat_last(flaky());
    let bytes = client().get(server.url()).retry(&POLICY).bytes().await;
    assert_eq!(bytes.unwrap(), "whole");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn the_head_alone_is_the_boundary_of_send() {
    let server = Server::repeat_last(flaky());
    let response = client().get(server.url()).retry(&POLICY).send().await;
    assert!(response.unwrap().text().await.is_err());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn one_counter_spans_requests_and_bodies() {
    let server = Server::repeat_last(flaky());
    let policy = POLICY.max_attempts(3);
    let error = client().get(server.url()).retry(&policy).text().await;
    let error = error.unwrap_err();
    assert_verdict(
        error.explain(),
        Class::Transient,
        "the body ended too early",
        &error,
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_post_that_timed_out_is_sent_once() {
    let server = Server::repeat_last([hang()]);
    let policy = POLICY.attempt_timeout(Duration::from_millis(50));
    let error = client().post(server.url()).retry(&policy).send().await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_verdict(
        error.explain(),
        Class::Ambiguous,
        "the attempt took longer than the policy allows, and the request is not safe to repeat",
        &error,
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_attempt_has_no_more_time_than_the_deadline_leaves() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let server = Server::repeat_last([raw(head).hang()]);
    let policy = POLICY.deadline(Duration::from_millis(80));
    let error = client().get(server.url()).retry(&policy).text().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_post_is_sent_again_only_where_it_was_not_processed_or_is_idempotent() {
    let server = Server::repeat_last([
        respond(429, "retry-after-ms: 1\r\n", ""),
        respond(500, "", ""),
    ]);
    let (client, url) = (client(), server.url());
    let error = client.post(&url).body("order").retry(&POLICY).send().await;
    let status = error.unwrap_err().status();
    assert_eq!(status, Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(server.requests().len(), 2);

    let request = client.post(&url).body("order").retry(&POLICY);
    request.idempotent().send().await.unwrap_err();
    assert_eq!(server.requests().len(), 2 + 5);
}

#[tokio::test]
async fn the_future_of_a_call_may_be_spawned() {
    let server = Server::repeat_last(flaky());
    let request = client().get(server.url()).retry(&POLICY);
    let call = tokio::spawn(
        request
            .on_retry(|event| assert!(event.error.is_some()))
            .text(),
    );
    assert_eq!(call.await.unwrap().unwrap(), "whole");
}

#[tokio::test]
async fn a_post_that_was_refused_at_connect_is_sent_again() {
    let refusing = Refusing::start();
    let url = refusing.url();
    let request = client().post(url).body("order").retry(&POLICY);
    let (outcome, report) = request.report().send().await;
    assert_eq!(outcome.unwrap_err().explain().class, Class::Refused);
    assert_eq!(report.attempts, 5);
}

#[tokio::test]
async fn a_post_whose_response_ends_early_is_sent_once() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let server = Server::repeat_last([raw(half).close()]);
    let error = client().post(server.url()).retry(&POLICY).text().await;
    assert_eq!(error.unwrap_err().explain().class, Class::Ambiguous);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_wait_that_is_longer_than_allowed_is_not_begun() {
    let server = Server::repeat_last([respond(429, "retry-after: 121\r\n", "")]);
    let request = client().get(server.url()).retry(&POLICY);
    let (outcome, report) = request.report().send().await;
    let error = outcome.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(121)));
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::HintTooLong))
    );
}

#[tokio::test]
async fn to_drop_a_call_in_an_attempt_closes_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (tell, begun) = oneshot::channel();
    // Not the server of the test kit: this one returns when the client has closed the connection.
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![stream.read_u8().await.unwrap()];
        tell.send(()).unwrap();
        stream.read_to_end(&mut request).await.unwrap();
        request
    });
    tokio::select! {
        _ = client().get(url).retry(&POLICY).send() => unreachable!("no server responds"),
        begun = begun => begun.unwrap(),
    }
    let request = tokio::time::timeout(Duration::from_secs(5), server).await;
    assert!(request.unwrap().unwrap().starts_with(b"GET / "));
}

#[tokio::test]
async fn to_drop_a_call_in_a_wait_makes_it_the_last() {
    let server = Server::repeat_last([respond(503, "retry-after-ms: 60\r\n", "")]);
    let waits = Notify::new();
    let call = client().get(server.url()).retry(&POLICY);
    tokio::select! {
        _ = call.on_retry(|_| waits.notify_one()).send() => unreachable!("it waits"),
        () = waits.notified() => {}
    }
    // Twice the wait, in real time: nothing else shows that no request comes.
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(server.requests().len(), 1);
}

/// Counts what the policy reports.
#[derive(Debug, Default)]
struct Counted {
    succeeded: AtomicUsize,
    failed: AtomicUsize,
}

impl RetryBudget for &Counted {
    fn succeeded(&self, _: Option<Class>, _: &dyn Clock) {
        self.succeeded.fetch_add(1, Ordering::SeqCst);
    }

    fn failed(&self, _: Class, _: &dyn Clock) {
        self.failed.fetch_add(1, Ordering::SeqCst);
    }

    fn withdraw(&self, _: &Step, _: &dyn Clock) -> bool {
        true
    }
}

#[tokio::test]
async fn a_body_that_could_be_read_once_ends_the_call_and_not_as_a_success() {
    let server = Server::repeat_last([respond(503, "", ""), respond(200, "", "")]);
    let counted = Counted::default();
    let policy = POLICY.budget(&counted);
    let stream = Body::wrap_stream(stream::iter([io::Result::Ok("once")]));
    let put = client().put(server.url()).body(stream).retry(&policy);
    let (outcome, report) = put.report().send().await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Status);
    assert_eq!(report.gave_up, Some(GiveUp::NotRetryable));
    assert_eq!(counted.succeeded.load(Ordering::SeqCst), 0);

    client()
        .get(server.url())
        .retry(&policy)
        .send()
        .await
        .unwrap();
    assert_eq!(counted.succeeded.load(Ordering::SeqCst), 1);
    assert_eq!(counted.failed.load(Ordering::SeqCst), 1);
}
