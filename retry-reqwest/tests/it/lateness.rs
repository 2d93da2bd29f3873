//! Calls whose deadline comes: nothing is sent after it, and what the server said last is not lost.

use std::error::Error as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, Response, StatusCode};
use retry_core::{Attempt, Policy, attempt};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt, RetryClient};

use retry_reqwest::testing::{Reply, Server, hang, raw};

use crate::server::{client, respond};

const DEADLINE: Duration = Duration::from_millis(300);
const QUOTA: &str = "the quota of project 7 is used up";

fn policy() -> impl Fn(Duration) -> Policy<[Duration; 9], retry_core::On, Limits> {
    |wait| {
        Policy::with_backoff([wait; 9])
            .max_attempts(10)
            .deadline(DEADLINE)
    }
}

/// What a policy with a deadline has in place of `Unlimited`.
type Limits = retry_core::TimeLimit;

/// Fails at once, and then hangs.
fn busy_then_silent() -> Server {
    Server::repeat_last([respond(503, "", QUOTA), hang()])
}

#[track_caller]
fn assert_shows_the_503(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let before = error.previous().expect("the failure before");
    assert_eq!(before.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    let source = error.source().expect("a source").to_string();
    assert!(source.contains("503"), "{source}");
    assert!(format!("{error:?}").contains("503"), "{error:?}");
}

#[tokio::test]
async fn the_failure_before_the_deadline_is_kept() {
    let (client, policy) = (client(), policy()(Duration::from_millis(1)));
    let server = busy_then_silent();
    let request = client.get(server.url()).retry(&policy);
    let error = request.send().await.unwrap_err();
    assert_shows_the_503(&error);
    assert_eq!(error.previous().map(Error::body), Some(QUOTA.as_bytes()));

    let server = busy_then_silent();
    let of_client = RetryClient::new(client.clone(), policy);
    assert_shows_the_503(&of_client.get(server.url()).text().await.unwrap_err());

    let server = busy_then_silent();
    let request = client.get(server.url()).retry(&policy);
    assert_shows_the_503(&request.download(&mut Vec::new()).await.unwrap_err());

    #[cfg(feature = "tower")]
    {
        use tower::{Layer, ServiceExt};
        let server = busy_then_silent();
        let service = retry_reqwest::RetryLayer::new(policy).layer(client.clone());
        let request = client.get(server.url()).build().unwrap();
        assert_shows_the_503(&service.oneshot(request).await.unwrap_err());
    }
}

#[tokio::test]
async fn an_exhausted_call_has_no_failure_but_the_last() {
    let server = Server::repeat_last([respond(503, "", QUOTA)]);
    let request = client().get(server.url()).retry(&crate::site::POLICY);
    let error = request.send().await.unwrap_err();
    assert!(error.previous().is_none() && error.source().is_none());
}

/// By each way to send a request that is awaited: the response that came back, or the failure.
async fn every_way(
    policy: &Policy<[Duration; 9], retry_core::On, Limits>,
    client: &Client,
    url: &str,
) -> Vec<Result<Response, Error>> {
    let mut outcomes = Vec::new();
    let sent = client.post(url).retry(policy).send().await;
    outcomes.push(sent.map(Response::from));
    let of_client = RetryClient::new(client.clone(), *policy);
    outcomes.push(of_client.post(url).send().await.map(Response::from));
    let downloaded = client.post(url).retry(policy).download(Vec::new()).await;
    outcomes.push(Err(downloaded.unwrap_err()));
    outcomes.extend(every_stack(policy, client, url).await);
    outcomes
}

/// The same, through the middleware and the layer.
async fn every_stack(
    policy: &Policy<[Duration; 9], retry_core::On, Limits>,
    client: &Client,
    url: &str,
) -> Vec<Result<Response, Error>> {
    let mut outcomes = Vec::new();
    #[cfg(feature = "tower")]
    {
        use tower::{Layer, ServiceExt};
        let service = retry_reqwest::RetryLayer::new(*policy).layer(client.clone());
        outcomes.push(service.oneshot(client.post(url).build().unwrap()).await);
    }
    #[cfg(feature = "middleware")]
    {
        let stack = reqwest_middleware::ClientBuilder::new(client.clone());
        let stack = stack
            .with(retry_reqwest::RetryMiddleware::new(*policy))
            .build();
        let sent = stack.execute(client.post(url).build().unwrap()).await;
        outcomes.push(sent.map_err(|error| match error {
            reqwest_middleware::Error::Reqwest(error) => Error::from(error),
            reqwest_middleware::Error::Middleware(error) => error.downcast().unwrap(),
        }));
    }
    outcomes
}

#[tokio::test]
async fn nothing_is_sent_when_there_is_no_time() {
    let server = Server::repeat_last([respond(200, "", "done")]);
    let policy = policy()(Duration::ZERO).deadline(Duration::ZERO);
    for outcome in every_way(&policy, &client(), &server.url()).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    }
    // Nor when it is the time of the call around that is over.
    let outer = Policy::new()
        .max_attempts(1)
        .deadline(Duration::from_millis(1));
    let late = || async {
        while attempt().and_then(Attempt::remaining) != Some(Duration::ZERO) {
            std::thread::yield_now();
        }
        client().post(server.url()).send_checked().await
    };
    assert_eq!(
        outer.run(late).await.unwrap_err().kind(),
        ErrorKind::TimedOut
    );
    assert_eq!(server.requests().len(), 0);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_thread_sends_nothing_either_when_there_is_no_time() {
    use retry_reqwest::blocking::RequestBuilderExt as _;

    let server = Server::repeat_last([respond(200, "", "done")]);
    let url = server.url();
    let send = move || {
        let outer = Policy::new()
            .max_attempts(1)
            .max_elapsed(Duration::from_secs(9));
        let client = reqwest::blocking::Client::builder()
            .no_proxy()
            .build()
            .unwrap();
        let mut upstream = retry_core::Upstream::new().remaining(Duration::ZERO);
        upstream.serve_blocking(|| {
            let retried = client.post(&url).retry(&outer).send().map(drop);
            [retried, client.post(&url).send_checked().map(drop)]
        })
    };
    for outcome in tokio::task::spawn_blocking(send).await.unwrap() {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    }
    assert_eq!(server.requests().len(), 0);
}

/// Whose body does not end.
fn dripping() -> Reply {
    let head = format!("HTTP/1.1 503 Busy\r\ncontent-length: 99999\r\n\r\n{QUOTA}");
    raw(head).hang()
}

#[tokio::test]
async fn a_failed_response_is_read_within_the_deadline() {
    let server = Server::repeat_last([dripping()]);
    let policy = policy()(Duration::from_millis(20));
    let began = Instant::now();
    let outcomes = every_stack(&policy, &client(), &server.url()).await;
    let took = began.elapsed();
    let count = u32::try_from(outcomes.len()).unwrap();
    // Each call has failed before its deadline, as no wait fits any more: at 100 ms a drain, it would not.
    assert!(took <= count * DEADLINE, "{took:?}");
    for outcome in outcomes {
        assert_eq!(outcome.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn the_last_response_survives_a_timer_that_is_late() {
    let long = "x".repeat(100_000);
    for body in [QUOTA, &long] {
        let server = Server::repeat_last([respond(503, "x-page: 7\r\n", body)]);
        let (client, url) = (client(), server.url() + "/");
        let policy = policy()(Duration::from_millis(100));
        let stacks = every_stack(&policy, &client, &url);
        let stall = async {
            // In real time, because of the sockets: the thread of the runtime stands still past the deadline.
            tokio::time::sleep(Duration::from_millis(50)).await;
            std::thread::sleep(2 * DEADLINE);
        };
        // The first stack waits in the stall; the others fail as always.
        let (outcomes, ()) = tokio::join!(stacks, stall);
        for outcome in outcomes {
            let response = outcome.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()["x-page"], "7");
            assert_eq!(response.url().as_str(), url);
            assert_eq!(response.text().await.unwrap(), body);
        }
    }
}

#[tokio::test]
async fn no_request_is_sent_after_a_timer_that_is_late() {
    let server = Server::repeat_last([respond(503, "", QUOTA)]);
    let (client, policy) = (client(), policy()(Duration::from_millis(100)));
    let request = client.request(Method::GET, server.url()).retry(&policy);
    let stall = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        std::thread::sleep(2 * DEADLINE);
    };
    let (outcome, ()) = tokio::join!(request.send(), stall);
    // The failure that the wait was for says more than that the time is over.
    assert_eq!(
        outcome.unwrap_err().status(),
        Some(StatusCode::SERVICE_UNAVAILABLE)
    );
    assert_eq!(server.requests().len(), 1);
}

/// Takes everything, and never says that it is flushed.
struct NeverFlushed(Vec<u8>);

impl tokio::io::AsyncWrite for NeverFlushed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.0.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_writer_that_is_never_flushed_ends_with_the_time_of_the_call() {
    let whole = respond(200, "etag: \"a\"\r\n", "seven");
    let half = raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").close();
    let gone = respond(404, "", "");
    let by_attempt = Policy::with_backoff([Duration::from_millis(1); 9])
        .max_attempts(2)
        .attempt_timeout(DEADLINE);
    for act in [whole, half, gone] {
        for policy in [policy()(Duration::from_millis(1)), by_attempt] {
            let server = Server::repeat_last([act.clone()]);
            let request = client().get(server.url()).retry(&policy);
            let began = Instant::now();
            let outcome = request.download(NeverFlushed(Vec::new())).await;
            assert!(
                began.elapsed() < 5 * DEADLINE,
                "{act:?}: {:?}",
                began.elapsed()
            );
            outcome.unwrap_err();
        }
    }
}
