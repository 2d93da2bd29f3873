//! Unary calls: what is retried, and what the server sees.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use retry_tonic::{Idempotent, RetryLayer};
use retryable::{Class, GiveUp, NoDelay, On, Policy};
use tonic::{Code, Request, Status};

use crate::server::{Reply, SAY, Server};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(4);

fn layer() -> RetryLayer {
    RetryLayer::new(POLICY).idempotent(SAY)
}

#[tokio::test]
async fn a_call_is_retried_until_it_succeeds() {
    let server = Server::failing(2, Reply::unavailable).await;
    let said = server.client(&layer()).say("hi").await;
    assert_eq!(said.unwrap(), "hello");
    let seen = server.seen();
    let previous = seen
        .iter()
        .map(|call| call.header("grpc-previous-rpc-attempts"));
    assert!(previous.eq([None, Some("1"), Some("2")]));
    assert!(seen.iter().all(|call| call.messages == ["hi"]));
}

#[tokio::test]
async fn the_caller_receives_the_last_status_with_its_metadata() {
    let reply = |call| {
        let mut status = Status::unavailable(format!("failure {call}"));
        status
            .metadata_mut()
            .insert("cause", "disk".parse().unwrap());
        Reply::Fail(status)
    };
    let server = Server::new(reply).await;
    let status = server.client(&layer()).say("hi").await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "failure 3")
    );
    assert_eq!(status.metadata().get("cause").unwrap(), "disk");
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn the_number_of_another_call_is_not_forwarded() {
    let server = Server::failing(1, Reply::unavailable).await;
    let mut request = Request::new("hi".to_owned());
    let metadata = request.metadata_mut();
    metadata.insert("grpc-previous-rpc-attempts", "7".parse().unwrap());
    server.client(&layer()).call(SAY, request).await.unwrap();
    let seen = server.seen();
    let previous = seen
        .iter()
        .map(|call| call.header("grpc-previous-rpc-attempts"));
    assert!(previous.eq([None, Some("1")]));
}

#[tokio::test]
async fn the_method_must_be_declared_idempotent() {
    let cases = [
        ("test.Echo/Say", 2),
        ("/test.Echo/Say", 2),
        ("test.Echo/", 2),
        ("test.Echo/Sa", 1),
        ("test.Ech", 1),
        ("Say", 1),
        ("", 1),
    ];
    for (path, attempts) in cases {
        let server = Server::failing(1, Reply::unavailable).await;
        let layer = RetryLayer::new(POLICY).idempotent(path);
        let outcome = server.client(&layer).say("hi").await;
        assert_eq!(outcome.is_ok(), attempts == 2, "{path}");
        assert_eq!(server.seen().len(), attempts, "{path}");
    }
}

#[tokio::test]
async fn one_request_can_be_declared_idempotent() {
    let server = Server::failing(1, Reply::unavailable).await;
    let mut request = Request::new("hi".to_owned());
    request.extensions_mut().insert(Idempotent);
    let mut client = server.client(&RetryLayer::new(POLICY));
    assert_eq!(client.call(SAY, request).await.unwrap(), "hello");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_policy_may_retry_what_is_ambiguous() {
    let server = Server::failing(1, Reply::unavailable).await;
    let layer = RetryLayer::new(POLICY.on(On::Ambiguous));
    assert!(server.client(&layer).say("hi").await.is_ok());
}

#[tokio::test]
async fn other_codes_are_not_retried() {
    for code in [
        Code::NotFound,
        Code::Internal,
        Code::Unknown,
        Code::DeadlineExceeded,
    ] {
        let server = Server::new(move |_| Reply::Fail(Status::new(code, "no"))).await;
        let status = server.client(&layer()).say("hi").await.unwrap_err();
        assert_eq!(status.code(), code);
        assert_eq!(server.seen().len(), 1, "{code:?}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_retry_says_that_it_is_safe() {
    let server = Server::failing(2, || Reply::pushback(&["0"])).await;
    let layer = RetryLayer::new(POLICY);
    assert!(server.client(&layer).say("hi").await.is_ok());
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_message_above_the_cap_is_sent_once() {
    let message = "x".repeat(1_000);
    // Two bytes for the tag and the length of the string and one more for the length, and five of framing.
    let framed = 1_000 + 3 + 5;
    for (cap, attempts) in [(framed, 2), (framed - 1, 1)] {
        let server = Server::failing(1, Reply::unavailable).await;
        let give_ups = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&give_ups);
        let layer = layer()
            .max_message(cap)
            .on_give_up(move |event| seen.lock().unwrap().push(event.reason));
        let outcome = server.client(&layer).say(&message).await;
        assert_eq!(outcome.is_ok(), attempts == 2, "{cap}");
        let seen = server.seen();
        assert_eq!(seen.len(), attempts, "{cap}");
        assert!(seen.iter().all(|call| call.messages == [message.clone()]));
        let reasons = std::mem::take(&mut *give_ups.lock().unwrap());
        let expected = if attempts == 2 {
            vec![]
        } else {
            vec![GiveUp::NotRetryable]
        };
        assert_eq!(reasons, expected, "{cap}");
    }
}

#[tokio::test]
async fn the_cap_is_64_kib() {
    for (length, attempts) in [(65_536 - 9, 2), (65_536 - 8, 1)] {
        let server = Server::failing(1, Reply::unavailable).await;
        let _ = server.client(&layer()).say(&"x".repeat(length)).await;
        assert_eq!(server.seen().len(), attempts, "{length}");
    }
}

#[tokio::test]
async fn hooks_see_the_name_of_the_method_and_the_failure() {
    let server = Server::new(|_| Reply::unavailable()).await;
    let log = Arc::new(Mutex::new(Vec::new()));
    let (retries, give_ups) = (Arc::clone(&log), Arc::clone(&log));
    let layer = layer()
        .on_retry(move |event| {
            let code = event.error.unwrap().status().code();
            assert_eq!((code, event.class), (Code::Unavailable, Class::Transient));
            retries
                .lock()
                .unwrap()
                .push(format!("{} {}", event.name, event.attempt));
        })
        .on_give_up(move |event| {
            let line = format!("{} {} {}", event.name, event.attempts, event.reason.name());
            give_ups.lock().unwrap().push(line);
        });
    server.client(&layer).say("hi").await.unwrap_err();
    let expected = [
        "test.Echo/Say 1",
        "test.Echo/Say 2",
        "test.Echo/Say 3",
        "test.Echo/Say 4 exhausted",
    ];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[tokio::test]
async fn the_name_of_the_policy_counts_more_than_that_of_the_method() {
    let server = Server::new(|_| Reply::unavailable()).await;
    let layer = RetryLayer::new(POLICY.name("echo")).on_give_up(|event| {
        assert_eq!((event.name, event.class), ("echo", Class::Ambiguous));
    });
    server.client(&layer).say("hi").await.unwrap_err();
}

#[tokio::test]
async fn metadata_can_be_changed_before_each_attempt() {
    let tokens = Arc::new(AtomicU32::new(0));
    let layer = layer().before_attempt(move |mut request: Request<()>| {
        let token = tokens.fetch_add(1, Ordering::Relaxed);
        async move {
            assert!(request.extensions().get::<tonic::GrpcMethod>().is_some());
            request
                .metadata_mut()
                .insert("token", token.to_string().parse().unwrap());
            Ok(request)
        }
    });
    let server = Server::failing(1, Reply::unavailable).await;
    server.client(&layer).say("hi").await.unwrap();
    let seen = server.seen();
    assert!(
        seen.iter()
            .map(|call| call.header("token"))
            .eq([Some("0"), Some("1")])
    );
    assert_eq!(seen[1].header("grpc-previous-rpc-attempts"), Some("1"));
}

#[tokio::test]
async fn nothing_is_sent_if_the_metadata_cannot_be_made() {
    let server = Server::failing(0, Reply::unavailable).await;
    for (code, attempts) in [(Code::Unavailable, 4), (Code::Unauthenticated, 1)] {
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        // The method is not declared: nothing was sent, so repeating is safe.
        let layer = RetryLayer::new(POLICY).before_attempt(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move { Err(Status::new(code, "no token")) }
        });
        let status = server.client(&layer).say("hi").await.unwrap_err();
        assert_eq!((status.code(), status.message()), (code, "no token"));
        assert_eq!(tries.load(Ordering::Relaxed), attempts);
    }
    assert!(server.seen().is_empty());
}
