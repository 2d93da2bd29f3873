//! The published values of gRPC's own tests, and of linkerd's. Where this crate differs on purpose, the test says so.

use std::sync::Arc;
use std::time::Duration;

use retry_tonic::RetryLayer;
use retryable::testing::{Mode, record_async, with};
use retryable::{GiveUp, NoDelay, Policy, TokenRatio};
use tonic::Code;

use crate::server::{Reply, SAY, Server};

fn layer(attempts: u32) -> RetryLayer {
    let policy = Policy::with_backoff(NoDelay).max_attempts(attempts);
    RetryLayer::new(policy).idempotent(SAY)
}

/// R14, grpc-go's `TestRetryStreaming`.
#[tokio::test]
async fn a_pushback_that_is_no_wait_stops() {
    let stops: [&'static [&'static str]; 4] = [&["-1"], &["xxx"], &["10", "20"], &["10", "10"]];
    for values in stops {
        let server = Server::new(move |_| Reply::pushback(values)).await;
        let mut client = server.client(&layer(4));
        let (outcome, record) = record_async(client.say("hi")).await;
        assert_eq!(outcome.unwrap_err().code(), Code::Unavailable);
        assert_eq!(server.seen().len(), 1, "{values:?}");
        assert_eq!(record.give_up(), Some(GiveUp::NotRetryable));
    }
}

/// R14. The wait may be up to a tenth longer, so that clients do not all come back at once.
#[tokio::test]
async fn a_pushback_of_1000_waits_a_second() {
    let server = Server::failing(1, || Reply::pushback(&["1000"])).await;
    let mut client = server.client(&layer(4));
    let call = record_async(client.say("hi"));
    let (outcome, record) = with(Mode::new().no_delay(), call).await;
    assert!(outcome.is_ok());
    let [delay] = record.delays()[..] else {
        panic!("one retry: {record:?}");
    };
    let second = Duration::from_secs(1);
    assert!((second..=second * 11 / 10).contains(&delay), "{delay:?}");
}

/// R6, linkerd. It cuts 999999 ms to 300 s, ignores -1, and trims spaces. Here a wait of more than `max_retry_after`
/// gives up, and the other two ask not to retry, as in A6.
#[tokio::test]
async fn pushbacks_of_linkerds_tests() {
    let cases = [
        ("5000", None),
        ("0", None),
        ("-1", Some(GiveUp::NotRetryable)),
        ("999999", Some(GiveUp::HintTooLong)),
        (" 5000 ", Some(GiveUp::NotRetryable)),
    ];
    for (value, gave_up) in cases {
        let values: &'static [&'static str] = Box::leak(Box::new([value]));
        let server = Server::new(move |call| match call {
            0 => Reply::pushback(values),
            _ => Reply::Say("hello"),
        });
        let server = server.await;
        let mut client = server.client(&layer(2));
        let call = record_async(client.say("hi"));
        let (outcome, record) = with(Mode::new().no_delay(), call).await;
        assert_eq!(outcome.is_ok(), gave_up.is_none(), "{value}");
        assert_eq!(record.give_up(), gave_up, "{value}");
    }
}

/// T1, grpc-go's `TestRetryThrottling`: for each call, whether it succeeds, and the number of the last request.
#[tokio::test]
async fn throttling_follows_grpcs_trace() {
    const SUCCEED: [usize; 11] = [0, 3, 6, 10, 11, 12, 13, 14, 16, 18, 19];
    let server = Server::new(|call| {
        if SUCCEED.contains(&call) {
            Reply::Say("hello")
        } else {
            Reply::unavailable()
        }
    });
    let server = server.await;
    let tokens = Arc::new(TokenRatio::new(10, 0.5));
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(4)
        .budget(Arc::clone(&tokens));
    let mut client = server.client(&RetryLayer::new(policy).idempotent(SAY));
    let trace = [
        (true, 0, 10_000),
        (true, 3, 8_500),
        (true, 6, 7_000),
        (false, 8, 5_000),
        (false, 9, 4_000),
        (true, 10, 4_500),
        (true, 11, 5_000),
        (true, 12, 5_500),
        (true, 13, 6_000),
        (true, 14, 6_500),
        (true, 16, 6_000),
        (false, 17, 5_000),
    ];
    for (succeeds, last, thousandths) in trace {
        assert_eq!(client.say("hi").await.is_ok(), succeeds, "{last}");
        assert_eq!(server.count(), last + 1);
        assert_eq!(tokens.thousandths(), thousandths, "{last}");
    }
}

/// A6: a failure with a pushback that asks not to retry takes a token.
#[tokio::test]
async fn a_server_that_asks_not_to_retry_counts_as_a_failure() {
    let server = Server::new(|_| Reply::pushback(&["-1"])).await;
    let tokens = Arc::new(TokenRatio::new(10, 0.5));
    let policy = Policy::with_backoff(NoDelay).budget(Arc::clone(&tokens));
    let mut client = server.client(&RetryLayer::new(policy).idempotent(SAY));
    client.say("hi").await.unwrap_err();
    assert_eq!(tokens.thousandths(), 9_000);
}

/// C9: a buffer of 200 bytes saw 500.
#[tokio::test]
async fn a_message_of_500_bytes_is_not_retried_from_a_buffer_of_200() {
    let server = Server::failing(1, Reply::unavailable).await;
    let mut client = server.client(&layer(4).max_message(200));
    assert!(client.say(&"x".repeat(500)).await.is_err());
    assert_eq!(server.seen().len(), 1);
    let server = Server::failing(1, Reply::unavailable).await;
    let mut client = server.client(&layer(4).max_message(200));
    assert!(client.say(&"x".repeat(100)).await.is_ok());
}

/// C9: the header is absent, 1, 2, 3.
#[tokio::test]
async fn the_server_sees_how_many_attempts_came_before() {
    let server = Server::failing(3, Reply::unavailable).await;
    server.client(&layer(4)).say("hi").await.unwrap();
    let seen = server.seen();
    let previous = seen
        .iter()
        .map(|call| call.header("grpc-previous-rpc-attempts"));
    assert!(previous.eq([None, Some("1"), Some("2"), Some("3")]));
}

/// C10: without the layer there are no retries, as with grpc-go's dial option.
#[tokio::test]
async fn a_policy_of_one_attempt_disables_retries() {
    let server = Server::failing(1, Reply::unavailable).await;
    assert!(server.client(&layer(1)).say("hi").await.is_err());
    assert_eq!(server.seen().len(), 1);
}
