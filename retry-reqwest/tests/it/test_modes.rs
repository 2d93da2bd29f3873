//! The modes and records of `retryable::testing`, with every form of request.

use std::time::{Duration, Instant};

use reqwest_middleware::ClientBuilder;
use retry_core::testing::{self, Mode};
use retry_core::{Fixed, Policy};
use retry_reqwest::testing::{Server, reply};
use retry_reqwest::{RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware};
use tower::{Layer, ServiceExt};

use crate::blocking::blocking;

use crate::server::client;

/// Without the mode, a call would take more than three hours.
const POLICY: Policy<Fixed> = Policy::fixed(Duration::from_secs(3600)).max_attempts(4);

/// Sends a request in each form that is awaited. Returns how many requests the server received for each.
async fn requests(mode: Mode) -> Vec<usize> {
    let server = Server::repeat_last([reply(503)]);
    let url = server.url();
    let mut requests = vec![0];
    let begun = Instant::now();

    let request = client().get(&url).retry(&POLICY);
    assert!(testing::with(mode, request.send()).await.is_err());
    requests.push(server.requests().len());

    let retrying = RetryClient::new(client(), POLICY);
    assert!(
        testing::with(mode, retrying.get(&url).text())
            .await
            .is_err()
    );
    requests.push(server.requests().len());

    let stack = ClientBuilder::new(client()).with(RetryMiddleware::new(POLICY));
    let response = testing::with(mode, stack.build().get(&url).send()).await;
    assert_eq!(response.unwrap().status(), 503);
    requests.push(server.requests().len());

    let request = client().get(&url).build().unwrap();
    let service = RetryLayer::new(POLICY).layer(client());
    let response = testing::with(mode, service.oneshot(request)).await;
    assert_eq!(response.unwrap().status(), 503);
    requests.push(server.requests().len());

    let (_, report) = blocking(move |client| {
        use retry_reqwest::blocking::RequestBuilderExt;

        let _quick = testing::no_delay();
        client.get(url).retry(&POLICY).report().send()
    })
    .await;
    assert_eq!(
        (report.attempts, report.slept),
        (4, Duration::from_secs(3 * 3600))
    );

    let took = begun.elapsed();
    println!("{took:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");
    requests.windows(2).map(|both| both[1] - both[0]).collect()
}

#[tokio::test]
async fn no_delay_skips_the_waits_of_every_request() {
    assert_eq!(requests(Mode::new().no_delay()).await, [4; 4]);
}

#[tokio::test]
async fn the_number_of_requests_is_that_of_the_mode() {
    assert_eq!(
        requests(Mode::new().no_delay().max_attempts(2)).await,
        [2; 4]
    );
    assert_eq!(requests(Mode::new().no_retries()).await, [1; 4]);
}

#[tokio::test]
async fn skipped_waits_use_up_the_time_of_a_request() {
    let server = Server::repeat_last([reply(503)]);
    let policy = POLICY.max_elapsed(Duration::from_secs(2 * 3600 + 60));
    let call = client().get(server.url()).retry(&policy).report().send();
    let (_, report) = testing::with(Mode::new().no_delay(), call).await;
    assert_eq!((report.attempts, server.requests().len()), (3, 3));
}

/// A policy with a name, so that the records of all forms are equal.
const NAMED: Policy<Fixed> = POLICY.name("request");

fn script() -> Server {
    Server::script([
        reply(503),
        reply(503).header("retry-after", "1"),
        reply(200),
    ])
}

const RECOVERS: &str = "1 transient, waited 3600s\n2 throttled, waited 3600s\n3 succeeded";

#[tokio::test]
async fn every_form_of_request_is_recorded() {
    let _quick = testing::no_delay();

    let server = script();
    let call = client().get(server.url()).retry(&NAMED).send();
    let (response, record) = testing::record_async(call).await;
    assert!(response.is_ok());
    assert_eq!(record.to_string(), RECOVERS);

    let server = script();
    let retrying = RetryClient::new(client(), NAMED);
    let (_, record) = testing::record_async(retrying.get(server.url()).text()).await;
    assert_eq!(record.to_string(), RECOVERS);

    let server = script();
    let stack = ClientBuilder::new(client()).with(RetryMiddleware::new(NAMED));
    let call = stack.build().get(server.url()).send();
    let (_, record) = testing::record_async(call).await;
    assert_eq!(record.to_string(), RECOVERS);

    let server = script();
    let request = client().get(server.url()).build().unwrap();
    let service = RetryLayer::new(NAMED).layer(client());
    let (_, record) = testing::record_async(service.oneshot(request)).await;
    assert_eq!(record.to_string(), RECOVERS);

    let server = script();
    let url = server.url();
    let record = blocking(move |client| {
        use retry_reqwest::blocking::RequestBuilderExt;

        let _quick = testing::no_delay();
        testing::record(|| client.get(url).retry(&NAMED).send()).1
    })
    .await;
    assert_eq!(record.to_string(), RECOVERS);
}

#[tokio::test]
async fn a_request_that_is_not_retried_is_recorded() {
    let server = Server::repeat_last([reply(404)]);
    let call = client().get(server.url()).retry(&NAMED).send();
    let (_, record) = testing::record_async(call).await;
    assert_eq!(record.to_string(), "1 permanent, gave up: not_retryable");

    // A request that is not safe to repeat has one attempt, whatever its policy.
    let server = Server::repeat_last([reply(500)]);
    let call = client().post(server.url()).retry(&NAMED).send();
    let (_, record) = testing::record_async(call).await;
    assert_eq!(record.to_string(), "1 ambiguous, gave up: not_retryable");

    let server = Server::repeat_last([reply(200)]);
    let call = client().get(server.url()).retry(&NAMED).send();
    let (_, record) = testing::record_async(call).await;
    assert_eq!(record.to_string(), "1 succeeded");
}
