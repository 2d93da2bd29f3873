//! Calls in attempts of other calls.

use std::cell::Cell;

use retry_tonic::{Error, RetryLayer};
use retryable::testing::record_async;
use retryable::{GiveUp, NoDelay, Policy};
use tonic::{Code, Status};

use crate::server::{Reply, SAY, Server};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

/// Calls the server from a call with three attempts; returns how often the server was called, and why that call gave up.
async fn called_from_a_retried_call(reply: fn() -> Reply) -> (usize, Option<GiveUp>) {
    let server = Server::new(move |_| reply()).await;
    let client = server.client(&RetryLayer::new(POLICY).idempotent(SAY));
    let gave_up = Cell::new(None);
    let outer = POLICY.on_error(|_: &Error| true);
    let call = outer.run(|| {
        let mut client = client.clone();
        async move { Ok(client.say("hi").await?) }
    });
    let call = call.on_give_up(|event| gave_up.set(Some(event.reason)));
    let outcome: Result<String, Error> = call.await;
    assert!(outcome.is_err());
    (server.count(), gave_up.get())
}

#[tokio::test]
async fn attempts_are_not_multiplied() {
    let ended = called_from_a_retried_call(Reply::unavailable).await;
    assert_eq!(ended, (3, Some(GiveUp::Nested)));
}

#[tokio::test]
async fn a_server_that_asks_not_to_retry_stops_the_enclosing_call() {
    let ended = called_from_a_retried_call(|| Reply::pushback(&["-1"])).await;
    assert_eq!(ended, (1, Some(GiveUp::Nested)));
}

/// With a code that is not retried, too: the server may want no other call at all.
#[tokio::test]
async fn a_pushback_stops_the_enclosing_call_after_every_code() {
    let reply = || Reply::Fail(crate::server::pushed_back(Status::internal("bug"), &["-1"]));
    let ended = called_from_a_retried_call(reply).await;
    assert_eq!(ended, (1, Some(GiveUp::Nested)));
}

#[tokio::test]
async fn a_failure_that_is_not_retryable_does_not_stop_the_enclosing_call() {
    let reply = || Reply::Fail(Status::not_found("no"));
    let ended = called_from_a_retried_call(reply).await;
    assert_eq!(ended, (3, Some(GiveUp::Exhausted)));
}

#[tokio::test]
async fn an_attempt_knows_its_number() {
    let layer = RetryLayer::new(POLICY)
        .idempotent(SAY)
        .before_attempt(|request| async move {
            let attempt = retryable::attempt().unwrap();
            let previous = request.metadata().get("grpc-previous-rpc-attempts");
            let previous = previous.map_or(0, |value| value.to_str().unwrap().parse().unwrap());
            assert_eq!((attempt.number(), attempt.max()), (previous + 1, 3));
            Ok(request)
        });
    let server = Server::failing(2, Reply::unavailable).await;
    server.client(&layer).say("hi").await.unwrap();
}

#[tokio::test]
async fn an_annotated_function_classifies_a_status() {
    #[retryable::retryable(max = 2, backoff = "none")]
    async fn fail(code: Code) -> Result<(), Status> {
        Err(Status::new(code, "no"))
    }
    for (code, attempts) in [
        (Code::Unavailable, 2),
        (Code::NotFound, 1),
        (Code::Unknown, 1),
    ] {
        let (outcome, record) = record_async(fail(code)).await;
        assert_eq!(outcome.unwrap_err().code(), code);
        assert_eq!(record.attempts(), attempts, "{code:?}");
    }
}
