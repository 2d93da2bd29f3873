//! Hints of servers are obeyed, in every form of a request.

use std::time::{Duration, Instant};

use reqwest::header::HeaderName;
use retry_core::{GiveUp, Policy};
use retry_reqwest::{RequestBuilderExt, RetryClient, RetrySettings};

use retry_reqwest::testing::Server;

use crate::server::{Refusing, client, respond};

#[tokio::test]
async fn a_hint_that_is_too_large_gives_up() {
    let hint = "retry-after: 99999999999999999999\r\n";
    let server = Server::repeat_last([respond(503, hint, "")]);
    let policy = Policy::new();
    let request = client().get(server.url()).retry(&policy);
    let (outcome, report) = request.report().text().await;
    assert_eq!(outcome.unwrap_err().retry_after(), Some(Duration::MAX));
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::HintTooLong))
    );
}

#[tokio::test]
async fn the_error_of_every_failed_status_has_the_hint_and_the_headers() {
    for status in [404, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529, 600] {
        let headers = "retry-after: 1.5\r\nx-ratelimit-reset: 7\r\nset-cookie: secret\r\n";
        let server = Server::repeat_last([respond(status, headers, "")]);
        let error = client().get(server.url()).send_checked().await.unwrap_err();
        let wait = Some(Duration::from_millis(1500));
        assert_eq!(error.retry_after(), wait, "{status}");
        assert_eq!(error.headers().unwrap()["x-ratelimit-reset"], "7");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret"), "{shown}");
    }
    let down = Refusing::start();
    let error = client().get(down.url()).send_checked().await.unwrap_err();
    assert!(error.headers().is_none());
}

/// Asks for nothing by the standard headers, and then succeeds.
fn limited() -> Server {
    let limited = respond(503, "x-reset-in: 1\r\nx-other: 9\r\n", "");
    Server::repeat_last([limited, respond(200, "", "done")])
}

fn policy() -> Policy<[Duration; 1]> {
    Policy::with_backoff([Duration::ZERO])
}

const RESET: HeaderName = HeaderName::from_static("x-reset-in");

/// In tenths of a second.
fn tenths(value: &str) -> Option<Duration> {
    value
        .parse()
        .ok()
        .map(|tenths: u64| Duration::from_millis(100 * tenths))
}

#[tokio::test]
async fn a_header_of_an_api_is_obeyed_in_every_form() {
    let client = client();
    let policy = policy();
    let settings = RetrySettings::new().hint_header(RESET, tenths);

    let (server, began) = (limited(), Instant::now());
    let request = client.get(server.url()).retry(&policy);
    request.hint_header(RESET, tenths).send().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(100));

    let (server, began) = (limited(), Instant::now());
    let of_client = RetryClient::new(client.clone(), policy).hint_header(RESET, tenths);
    of_client.get(server.url()).text().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(100));

    #[cfg(feature = "middleware")]
    {
        let (server, began) = (limited(), Instant::now());
        let middleware = retry_reqwest::RetryMiddleware::new(policy).settings(settings.clone());
        let stack = reqwest_middleware::ClientBuilder::new(client.clone());
        let response = stack
            .with(middleware)
            .build()
            .get(server.url())
            .send()
            .await;
        assert_eq!(response.unwrap().status(), 200);
        assert!(began.elapsed() >= Duration::from_millis(100));
    }
    #[cfg(feature = "tower")]
    {
        use tower::{Layer, ServiceExt};
        let (server, began) = (limited(), Instant::now());
        let layer = retry_reqwest::RetryLayer::new(policy).settings_by(move |_| settings.clone());
        let request = client.get(server.url()).build().unwrap();
        let response = layer.layer(client.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(began.elapsed() >= Duration::from_millis(100));
    }
    #[cfg(feature = "blocking")]
    {
        let (server, began) = (limited(), Instant::now());
        let url = server.url();
        let call = move || {
            use retry_reqwest::blocking::RequestBuilderExt;
            let client = reqwest::blocking::Client::builder()
                .no_proxy()
                .build()
                .unwrap();
            let request = client.get(url).retry(&policy).hint_header(RESET, tenths);
            request.send().unwrap().text().unwrap()
        };
        assert_eq!(tokio::task::spawn_blocking(call).await.unwrap(), "done");
        assert!(began.elapsed() >= Duration::from_millis(100));
    }
}

#[tokio::test]
async fn the_longest_hint_counts_and_one_that_is_too_long_ends_the_call() {
    let hints = "x-reset-in: 3000\r\nretry-after: 1\r\n";
    let server = Server::repeat_last([respond(429, hints, "")]);
    let policy = policy();
    let request = client()
        .get(server.url())
        .retry(&policy)
        .hint_header(RESET, tenths);
    let error = request.send().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    assert_eq!(server.requests().len(), 1);
}

/// The hint is the error's, for every class that a classifier returns.
#[tokio::test]
async fn a_hint_is_obeyed_under_a_classifier_too() {
    let busy = respond(500, "retry-after-ms: 100\r\n", "");
    let server = Server::repeat_last([busy, respond(200, "", "done")]);
    let policy = policy().on_error(|_: &retry_reqwest::Error| true);
    let began = Instant::now();
    client()
        .get(server.url())
        .retry(&policy)
        .send()
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_millis(100));
}
