//! Requests in an attempt of another call: none outlasts its deadline, in every way to send it.

use std::future::Future;
use std::time::{Duration, Instant};

use retry_core::{Class, Classify, GiveUp, NoDelay, Policy, Upstream, attempt};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt, RetryClient};

use retry_reqwest::testing::{Server, hang, raw};

use crate::server::client;

const INNER: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);
const LEFT: Duration = Duration::from_millis(500);

fn hanging() -> Server {
    Server::repeat_last([hang()])
}

/// Awaits `request` in a call that has this long: the request ends by then, and is not sent again.
async fn assert_ends_by<F: Future<Output = Result<(), Error>>>(
    server: &Server,
    request: impl Fn() -> F,
) {
    let (before, began) = (server.requests().len(), Instant::now());
    let outer = INNER.deadline(LEFT);
    let (outcome, report) = outer.run(request).report().await;
    let took = began.elapsed();
    assert!(took >= LEFT && took < Duration::from_secs(5), "{took:?}");
    assert_eq!(outcome.unwrap_err().classify(), Class::Transient);
    // The request ends by itself, or the enclosing call cuts it off at the same time.
    let reasons = [Some(GiveUp::Nested), Some(GiveUp::Deadline)];
    assert!(reasons.contains(&report.gave_up), "{report:?}");
    assert_eq!((report.attempts, server.requests().len() - before), (1, 1));
}

#[tokio::test]
async fn a_request_ends_by_the_enclosing_deadline() {
    let server = hanging();
    let (client, url) = (client(), server.url());
    let send = || async { client.get(&url).retry(&INNER).send().await.map(drop) };
    assert_ends_by(&server, send).await;
    let text = || async { client.get(&url).retry(&INNER).text().await.map(drop) };
    assert_ends_by(&server, text).await;

    // Its own deadline, or a limit for attempts, does not make it longer.
    let own = INNER
        .deadline(Duration::from_secs(60))
        .attempt_timeout(Duration::from_secs(60));
    let send = || async { client.get(&url).retry(&own).send().await.map(drop) };
    assert_ends_by(&server, send).await;

    let of_client = RetryClient::new(client.clone(), INNER);
    let send = || async { of_client.get(&url).send().await.map(drop) };
    assert_ends_by(&server, send).await;
}

#[tokio::test]
async fn a_checked_request_without_a_policy_ends_by_the_enclosing_deadline_too() {
    let server = hanging();
    let (client, url) = (client(), server.url());
    let (began, outer) = (Instant::now(), INNER.deadline(LEFT));
    let send = || client.get(&url).send_checked();
    let (outcome, report) = outer.run(send).report().await;
    let took = began.elapsed();
    assert!(took >= LEFT && took < Duration::from_secs(5), "{took:?}");
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(report.gave_up, Some(GiveUp::Deadline));

    // By the time of a caller in another process, of whom nothing else is known.
    let (began, mut upstream) = (Instant::now(), Upstream::new().remaining(LEFT));
    let error = upstream.serve(send()).await.unwrap_err();
    let took = began.elapsed();
    assert!(took >= LEFT && took < Duration::from_secs(5), "{took:?}");
    assert_eq!(error.explain().class, Class::Transient);
}

#[tokio::test]
async fn the_body_of_a_response_is_within_the_deadline_too() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let server = Server::repeat_last([raw(head).hang()]);
    let (client, url) = (client(), server.url());
    let text = || async { client.get(&url).retry(&INNER).text().await.map(drop) };
    assert_ends_by(&server, text).await;
    let download = || async {
        let request = client.get(&url).retry(&INNER);
        request.download(Vec::new()).await.map(drop)
    };
    let (began, outer) = (Instant::now(), INNER.deadline(LEFT));
    outer.run(download).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_nearest_of_several_deadlines_counts() {
    let server = hanging();
    let (client, url) = (client(), server.url());
    let between = INNER.deadline(Duration::from_secs(60));
    let send = || async {
        let inside = between.run(|| client.get(&url).retry(&INNER).send());
        inside.await.map(drop)
    };
    assert_ends_by(&server, send).await;
}

#[cfg(feature = "middleware")]
#[tokio::test]
async fn a_request_through_a_middleware_ends_by_the_enclosing_deadline() {
    let server = hanging();
    let url = server.url();
    let client = reqwest_middleware::ClientBuilder::new(client())
        .with(retry_reqwest::RetryMiddleware::new(INNER))
        .build();
    let send = || async {
        let sent = client.get(&url).send().await;
        // The middleware's own error, around that of this crate.
        sent.map(drop).map_err(|error| match error {
            reqwest_middleware::Error::Middleware(error) => error.downcast().unwrap(),
            reqwest_middleware::Error::Reqwest(error) => Error::from(error),
        })
    };
    assert_ends_by(&server, send).await;
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn a_request_through_a_layer_ends_by_the_enclosing_deadline() {
    use tower::{Layer, ServiceExt};

    let server = hanging();
    let (client, url) = (client(), server.url());
    let service = retry_reqwest::RetryLayer::new(INNER).layer(client.clone());
    let send = || async {
        let request = client.get(&url).build()?;
        service.clone().oneshot(request).await.map(drop)
    };
    assert_ends_by(&server, send).await;
}

/// A thread cannot be interrupted: what is shortened is the timeout of the request.
#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_request_with_a_timeout_ends_by_the_enclosing_deadline() {
    use retry_reqwest::blocking::RequestBuilderExt;

    let server = hanging();
    let url = server.url();
    let call = move || {
        let client = reqwest::blocking::Client::new();
        let began = Instant::now();
        let mut upstream = Upstream::new().number(1).remaining(LEFT);
        let outcome = upstream.serve_blocking(|| {
            assert!(attempt().unwrap().remaining().unwrap() <= LEFT);
            let request = client.get(&url).timeout(Duration::from_secs(60));
            request.retry(&INNER).send().map(drop)
        });
        (outcome.unwrap_err(), upstream.gave_up(), began.elapsed())
    };
    let (error, gave_up, took) = tokio::task::spawn_blocking(call).await.unwrap();
    assert!(took >= LEFT && took < Duration::from_secs(5), "{took:?}");
    assert_eq!(error.classify(), Class::Transient);
    assert!(gave_up);
    assert_eq!(server.requests().len(), 1);
}
