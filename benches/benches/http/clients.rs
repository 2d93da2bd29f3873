//! The ways to send a request, each as its own documentation recommends: a `GET` whose body is read as
//! text, eight attempts at most, and delays of 1 ms, 2 ms and so on without jitter.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Error;
use reqwest_middleware::ClientBuilder;
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::{Jitter as PeersJitter, RetryTransientMiddleware};
use retryable::http::{RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware};
use retryable::{Exponential, Jitter, Policy, retryable};
use retryable_benches::report::versioned;
use tower::{Layer, ServiceExt};

use crate::load::Client;

const BASE: Duration = Duration::from_millis(1);
const CAP: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 8;
const POLICY: Policy = Policy::with_backoff(Exponential::new(BASE).cap(CAP).jitter(Jitter::None))
    .max_attempts(ATTEMPTS);

/// The note below the tables of failing requests.
pub(crate) const ON_DELAYS: &str = "All wait 1 ms, 2 ms and so on without jitter, except \
    `reqwest::retry`, which has no delays and so tries again at once.";

/// Returns all clients, the loop by hand first, each with its own connections.
pub(crate) fn clients(url: &str, fails: bool) -> Vec<Client> {
    let mut all = vec![in_a_loop(url)];
    // Not compared if requests fail: without retries, a tenth of its calls fail, which is less work.
    if !fails {
        all.push(alone(url));
    }
    all.extend([request(url), retry_client(url), annotated(url)]);
    all.extend([ours_as_middleware(url), ours_as_layer(url)]);
    all.extend([middleware(url), built_in(url)]);
    all
}

/// Connects to loopback directly, even if the machine has a proxy.
fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("the client builds")
}

fn alone(url: &str) -> Client {
    let (client, url) = (client(), url.to_owned());
    Client::new(format!("{} alone", versioned("reqwest")), move || {
        let request = client.get(&url);
        async move { request.send().await?.error_for_status()?.text().await }
    })
}

fn in_a_loop(url: &str) -> Client {
    async fn get(client: &reqwest::Client, url: &str) -> Result<String, Error> {
        let (mut attempt, mut delay) = (1, BASE);
        loop {
            let outcome = async {
                let response = client.get(url).send().await?;
                response.error_for_status()?.text().await
            };
            match outcome.await {
                Err(error) if attempt < ATTEMPTS && is_transient(&error) => {}
                done => break done,
            }
            attempt += 1;
            tokio::time::sleep(delay).await;
            delay = (delay * 2).min(CAP);
        }
    }
    let (client, url) = (client(), url.to_owned());
    Client::new("loop by hand", move || {
        let (client, url) = (client.clone(), url.clone());
        async move { get(&client, &url).await }
    })
}

fn is_transient(error: &Error) -> bool {
    match error.status() {
        Some(status) => status.is_server_error(),
        None => !error.is_builder() && !error.is_redirect(),
    }
}

fn request(url: &str) -> Client {
    let (client, url) = (client(), url.to_owned());
    Client::new("retryable: `request.retry`", move || {
        client.get(&url).retry(const { &POLICY }).text()
    })
}

fn retry_client(url: &str) -> Client {
    // Shared, as a server shares the state of its handlers.
    let client = Arc::new(RetryClient::new(client(), POLICY));
    let url = url.to_owned();
    Client::new("retryable: `RetryClient`", move || {
        let (client, url) = (Arc::clone(&client), url.clone());
        async move { client.get(&url).text().await }
    })
}

fn annotated(url: &str) -> Client {
    #[retryable(max = ATTEMPTS, base = BASE, cap = CAP, jitter = "none")]
    async fn get(client: &reqwest::Client, url: &str) -> Result<String, retryable::http::Error> {
        client.get(url).send_checked().await?.text().await
    }
    let (client, url) = (client(), url.to_owned());
    Client::new("retryable: `#[retryable]`, `send_checked`", move || {
        let (client, url) = (client.clone(), url.clone());
        async move { get(&client, &url).await }
    })
}

fn ours_as_middleware(url: &str) -> Client {
    let client = ClientBuilder::new(client())
        .with(RetryMiddleware::new(POLICY))
        .build();
    behind(client, "retryable: `RetryMiddleware`".to_owned(), url)
}

fn ours_as_layer(url: &str) -> Client {
    let service = RetryLayer::new(POLICY).layer(client());
    let (client, url) = (client(), url.to_owned());
    Client::new("retryable: `RetryLayer`", move || {
        let (service, request) = (service.clone(), client.get(&url));
        async move {
            let response = service.oneshot(request.build()?).await?;
            Ok::<_, retryable::http::Error>(response.error_for_status()?.text().await?)
        }
    })
}

fn middleware(url: &str) -> Client {
    let policy = ExponentialBackoff::builder()
        .retry_bounds(BASE, CAP)
        .jitter(PeersJitter::None)
        .base(2)
        .build_with_max_retries(ATTEMPTS - 1);
    let client = ClientBuilder::new(client())
        .with(RetryTransientMiddleware::new_with_policy(policy))
        .build();
    behind(client, versioned("reqwest-retry"), url)
}

/// `reqwest_middleware`, set up as in its documentation.
fn behind(client: reqwest_middleware::ClientWithMiddleware, name: String, url: &str) -> Client {
    let url = url.to_owned();
    Client::new(name, move || {
        let request = client.get(&url);
        async move {
            let response = request.send().await?.error_for_status()?;
            Ok::<_, reqwest_middleware::Error>(response.text().await?)
        }
    })
}

fn built_in(url: &str) -> Client {
    let retry = reqwest::retry::for_host("127.0.0.1")
        .max_retries_per_request(ATTEMPTS - 1)
        .classify_fn(|reply| {
            let failed = reply
                .status()
                .is_some_and(|status| status.is_server_error());
            if failed || reply.error().is_some() {
                reply.retryable()
            } else {
                reply.success()
            }
        });
    let client = reqwest::Client::builder().no_proxy().retry(retry).build();
    let (client, url) = (client.expect("the client builds"), url.to_owned());
    let name = format!("{}, `reqwest::retry`", versioned("reqwest"));
    Client::new(name, move || {
        let request = client.get(&url);
        async move { request.send().await?.error_for_status()?.text().await }
    })
}
