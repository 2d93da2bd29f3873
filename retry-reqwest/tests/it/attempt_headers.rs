//! The headers that describe each attempt to the server, in every way to send a request.

use std::time::Duration;

use reqwest::header::HeaderName;
use retry_core::{Fixed, Jitter, Policy};
use retry_reqwest::testing::{Reply, Server, reply};
use retry_reqwest::{RequestBuilderExt, RetryClient, RetrySettings};

use crate::server::{client, ok};

const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");
const REMAINING: HeaderName = HeaderName::from_static("x-remaining-ms");
fn failing() -> Reply {
    reply(500).body("answer")
}
const POLICY: Policy<Fixed> =
    Policy::with_backoff(Fixed::new(Duration::from_millis(30)).jitter(Jitter::None))
        .max_attempts(3);

/// The header of each request that came.
fn sent(server: &Server, name: &HeaderName) -> Vec<Option<String>> {
    let value = |headers: &reqwest::header::HeaderMap| {
        let value = headers.get_all(name).iter().collect::<Vec<_>>();
        assert!(value.len() <= 1);
        value
            .first()
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let seen = server.requests();
    seen.iter().map(|seen| value(&seen.headers)).collect()
}

fn numbers(server: &Server) -> Vec<u32> {
    let values = sent(server, &ATTEMPT);
    values
        .into_iter()
        .map(|number| number.unwrap().parse().unwrap())
        .collect()
}

fn millis(server: &Server) -> Vec<u64> {
    let values = sent(server, &REMAINING);
    values
        .into_iter()
        .map(|left| left.unwrap().parse().unwrap())
        .collect()
}

fn settings() -> RetrySettings {
    RetrySettings::new()
        .attempt_header(ATTEMPT)
        .remaining_header(REMAINING)
}

/// Three attempts, each with less time than the one before it by at least the wait between.
#[track_caller]
fn assert_counts_down(server: &Server, most: u64) {
    assert_eq!(numbers(server), [1, 2, 3]);
    let millis = millis(server);
    assert!(millis[0] <= most && millis[0] > most - 5_000, "{millis:?}");
    assert!(millis[1] <= millis[0] - 30, "{millis:?}");
    assert!(millis[2] <= millis[1] - 30, "{millis:?}");
}

#[tokio::test]
async fn no_header_is_sent_unless_it_is_set() {
    let server = Server::repeat_last([ok()]);
    let policy = POLICY.deadline(Duration::from_secs(60));
    let request = client().get(server.url()).retry(&policy);
    request.send().await.unwrap();
    client().get(server.url()).send().await.unwrap();
    let seen = server.requests();
    assert_eq!(seen[0].headers, seen[1].headers);
}

#[tokio::test]
async fn a_request_sends_the_number_of_each_attempt_and_the_remaining_time() {
    let server = Server::repeat_last([failing(), failing(), ok()]);
    let policy = POLICY.deadline(Duration::from_secs(60));
    let request = reqwest::Client::new().get(server.url()).retry(&policy);
    let request = request.attempt_header(ATTEMPT).remaining_header(REMAINING);
    request.text().await.unwrap();
    assert_counts_down(&server, 60_000);
}

#[tokio::test]
async fn a_client_sends_both_headers_on_every_request() {
    let server = Server::repeat_last([failing(), failing(), ok()]);
    let policy = POLICY.deadline(Duration::from_secs(60));
    let client = RetryClient::new(reqwest::Client::new(), policy)
        .attempt_header(ATTEMPT)
        .remaining_header(REMAINING);
    client.get(server.url()).text().await.unwrap();
    assert_counts_down(&server, 60_000);
    // What one request sets is sent in addition, or replaces it.
    let other = HeaderName::from_static("x-other");
    let request = client.get(server.url()).attempt_header(other.clone());
    request.idempotency_key().text().await.unwrap();
    let headers = &server.requests()[3].headers;
    assert_eq!(headers[other], "1");
    assert!(!headers.contains_key(ATTEMPT) && headers.contains_key(REMAINING));
}

#[tokio::test]
async fn the_smallest_of_all_limits_is_sent() {
    let server = Server::repeat_last([ok()]);
    let limit = Duration::from_secs;
    let plain = client; // it has its own timeout, which reqwest does not show
    let send = async |policy: &Policy<Fixed, _, retry_core::TimeLimit>, own: Option<Duration>| {
        let mut request = plain().get(server.url());
        if let Some(own) = own {
            request = request.timeout(own);
        }
        let request = request.retry(policy).remaining_header(REMAINING);
        request.send().await.unwrap();
        *millis(&server).last().unwrap()
    };
    let within = |millis: u64, limit: u64| {
        assert!(
            millis <= limit * 1000 && millis > (limit - 1) * 1000,
            "{millis}"
        );
    };
    let attempt = POLICY.attempt_timeout(limit(20));
    assert_eq!(send(&attempt, None).await, 20_000);
    assert_eq!(send(&attempt, Some(limit(7))).await, 7_000);
    within(send(&attempt.deadline(limit(10)), None).await, 10);
    assert_eq!(send(&attempt.deadline(limit(30)), None).await, 20_000);
    // In an attempt of another call.
    let outer = POLICY.deadline(limit(5));
    let inner = attempt.deadline(limit(30));
    let remaining = outer.run(async || Ok::<_, retry_reqwest::Error>(send(&inner, None).await));
    within(remaining.await.unwrap(), 5);
}

#[tokio::test]
async fn a_header_of_the_same_name_is_replaced_or_removed() {
    let server = Server::repeat_last([failing(), ok()]);
    let request = reqwest::Client::new()
        .get(server.url())
        .header(ATTEMPT, "9")
        .header(ATTEMPT, "10")
        .header(REMAINING, "123");
    // Nothing limits its attempts.
    let request = request.retry(&POLICY);
    let request = request.attempt_header(ATTEMPT).remaining_header(REMAINING);
    request.send().await.unwrap();
    assert_eq!(numbers(&server), [1, 2]);
    assert_eq!(sent(&server, &REMAINING), [None, None]);
}

#[tokio::test]
async fn a_request_whose_body_cannot_be_resent_has_the_header_too() {
    let server = Server::repeat_last([failing()]);
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>("once")]);
    let body = reqwest::Body::wrap_stream(stream);
    let request = client().put(server.url()).body(body).retry(&POLICY);
    request.attempt_header(ATTEMPT).send().await.unwrap_err();
    assert_eq!(numbers(&server), [1]);
}

#[cfg(feature = "middleware")]
#[tokio::test]
async fn a_middleware_sends_the_headers_that_the_request_sets() {
    let server = Server::repeat_last([failing(), failing(), ok()]);
    let policy = POLICY.deadline(Duration::from_secs(60));
    let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new())
        .with(retry_reqwest::RetryMiddleware::new(policy))
        .build();
    let request = client.get(server.url()).with_extension(settings());
    request.send().await.unwrap();
    assert_counts_down(&server, 60_000);

    // Of all requests.
    let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new())
        .with_init(reqwest_middleware::Extension(settings()))
        .with(retry_reqwest::RetryMiddleware::new(policy))
        .build();
    client.get(server.url()).send().await.unwrap();
    assert_eq!(numbers(&server), [1, 2, 3, 1]);
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn a_layer_sends_the_headers_that_it_sets() {
    use tower::{Layer, ServiceExt};

    let server = Server::repeat_last([failing(), failing(), ok()]);
    let policy = POLICY.deadline(Duration::from_secs(60));
    let layer = retry_reqwest::RetryLayer::new(policy).settings_by(|_| settings());
    let request = client().get(server.url()).build().unwrap();
    let service = layer.layer(reqwest::Client::new());
    service.oneshot(request).await.unwrap();
    assert_counts_down(&server, 60_000);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_request_sends_both_headers_too() {
    use retry_reqwest::blocking::RequestBuilderExt;

    let server = Server::repeat_last([failing(), failing(), ok(), ok()]);
    let url = server.url();
    let call = move || {
        // A blocking call has no deadline: that of its caller counts.
        let mut upstream = retry_core::Upstream::new().remaining(Duration::from_secs(20));
        let client = reqwest::blocking::Client::new();
        let request = client.get(url).retry(&POLICY);
        let request = request.attempt_header(ATTEMPT).remaining_header(REMAINING);
        upstream.serve_blocking(|| request.text()).unwrap();
    };
    tokio::task::spawn_blocking(call).await.unwrap();
    assert_counts_down(&server, 20_000);
}
