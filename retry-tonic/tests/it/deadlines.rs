//! Deadlines: `grpc-timeout`, and attempts that are cut off.

use std::time::{Duration, Instant};

use retry_tonic::RetryLayer;
use retryable::testing::record_async;
use retryable::{Class, Fixed, GiveUp, NoDelay, Policy};
use tonic::{Code, Request, Status};

use crate::server::{Client, Reply, SAY, Seen, Server};

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(30);

fn pausing(pause: Duration) -> Policy<Fixed> {
    Policy::with_backoff(Fixed::new(pause)).max_attempts(3)
}

async fn say_within(client: &mut Client, timeout: Duration) -> Result<String, Status> {
    let mut request = Request::new("hi".to_owned());
    request.set_timeout(timeout);
    client.call(SAY, request).await
}

/// The timeouts that the server saw, which are all in microseconds here.
fn timeouts(seen: &[Seen]) -> Vec<u64> {
    let timeouts = seen.iter().filter_map(|call| call.header("grpc-timeout"));
    let micros = timeouts.map(|timeout| timeout.strip_suffix('u').unwrap().parse().unwrap());
    micros.collect()
}

#[tokio::test]
async fn without_a_deadline_the_server_sees_none() {
    let server = Server::failing(1, Reply::unavailable).await;
    let layer = RetryLayer::new(pausing(Duration::ZERO)).idempotent(SAY);
    server.client(&layer).say("hi").await.unwrap();
    assert!(
        server
            .seen()
            .iter()
            .all(|call| call.header("grpc-timeout").is_none())
    );
}

#[tokio::test]
async fn each_attempt_has_what_the_deadline_of_the_policy_leaves() {
    let pause = Duration::from_millis(20);
    let server = Server::failing(2, Reply::unavailable).await;
    let layer = RetryLayer::new(pausing(pause).deadline(LONG)).idempotent(SAY);
    server.client(&layer).say("hi").await.unwrap();
    let [first, second, third] = timeouts(&server.seen())[..] else {
        panic!("three attempts");
    };
    assert!((29_000_000..=30_000_000).contains(&first), "{first}");
    assert!(first - second >= 20_000 && second - third >= 20_000);
}

#[tokio::test]
async fn each_attempt_has_what_the_requests_own_timeout_leaves() {
    let pause = Duration::from_millis(20);
    for policy in [
        pausing(pause).deadline(LONG),
        pausing(pause).deadline(LONG / 3),
    ] {
        let server = Server::failing(1, Reply::unavailable).await;
        let mut client = server.client(&RetryLayer::new(policy).idempotent(SAY));
        say_within(&mut client, LONG / 2).await.unwrap();
        let [first, second] = timeouts(&server.seen())[..] else {
            panic!("two attempts");
        };
        assert!(
            first <= 15_000_000 && first - second >= 20_000,
            "{first}, {second}"
        );
    }
}

#[tokio::test]
async fn each_attempt_has_what_an_enclosing_call_leaves() {
    let server = Server::failing(0, Reply::unavailable).await;
    let layer = RetryLayer::new(pausing(Duration::ZERO)).idempotent(SAY);
    let outer = Policy::new().deadline(LONG);
    let client = server.client(&layer);
    let said = outer.run(|| {
        let mut client = client.clone();
        async move { client.say("hi").await.map_err(retry_tonic::Error::from) }
    });
    said.await.unwrap();
    assert!(timeouts(&server.seen())[0] <= 30_000_000);
}

/// C9: no retry after the context has ended.
#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let server = Server::new(|_| Reply::Hang).await;
    let by_policy = RetryLayer::new(pausing(Duration::ZERO).deadline(SHORT)).idempotent(SAY);
    let by_request = RetryLayer::new(pausing(Duration::ZERO)).idempotent(SAY);
    for (layer, timeout) in [(by_policy, LONG / 2), (by_request, SHORT)] {
        let begun = Instant::now();
        let mut client = server.client(&layer);
        let (outcome, record) = record_async(say_within(&mut client, timeout)).await;
        assert_eq!(outcome.unwrap_err().code(), Code::DeadlineExceeded);
        assert!(begun.elapsed() + Duration::from_millis(1) >= SHORT);
        assert_eq!(
            (record.attempts(), record.give_up()),
            (1, Some(GiveUp::Deadline))
        );
        assert_eq!(record.classes(), [Class::Transient]);
    }
}

#[tokio::test]
async fn a_wait_that_reaches_the_deadline_does_not_begin() {
    let server = Server::new(|_| Reply::unavailable()).await;
    let layer = RetryLayer::new(pausing(LONG)).idempotent(SAY);
    let mut client = server.client(&layer);
    let (outcome, record) = record_async(say_within(&mut client, LONG / 2)).await;
    assert_eq!(outcome.unwrap_err().message(), "down");
    assert_eq!(record.give_up(), Some(GiveUp::Deadline));
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = Server::failing(0, Reply::unavailable).await;
    let mut client = server.client(&RetryLayer::new(Policy::with_backoff(NoDelay)));
    let (outcome, record) = record_async(say_within(&mut client, Duration::ZERO)).await;
    assert_eq!(outcome.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(record.give_up(), Some(GiveUp::Deadline));
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn an_attempt_that_is_cut_off_is_retried_if_the_method_may_run_twice() {
    let policy = Policy::with_backoff(NoDelay).attempt_timeout(SHORT);
    for (path, attempts) in [(SAY, 2), ("test.Echo/Other", 1)] {
        let server = Server::failing(1, || Reply::Hang).await;
        let layer = RetryLayer::new(policy).idempotent(path);
        let outcome = server.client(&layer).say("hi").await;
        match outcome {
            Ok(said) => assert_eq!((said.as_str(), attempts), ("hello", 2)),
            Err(status) => assert_eq!((status.code(), attempts), (Code::DeadlineExceeded, 1)),
        }
        assert_eq!(server.count(), attempts);
        // The limit of one attempt is not the server's deadline.
        assert!(timeouts(&server.seen()).is_empty());
    }
}

#[tokio::test]
async fn dropping_the_call_cancels_it() {
    let server = Server::failing(1, Reply::unavailable).await;
    let layer = RetryLayer::new(pausing(SHORT)).idempotent(SAY);
    let mut client = server.client(&layer);
    let dropped = tokio::time::timeout(SHORT / 2, client.say("hi")).await;
    assert!(dropped.is_err());
    tokio::time::sleep(2 * SHORT).await;
    assert_eq!(server.count(), 1);
}
