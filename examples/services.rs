//! Three services, each of which retries its calls to the next one. The last one is down: how many requests does one
//! call cause, with the headers and the layer of this crate, and without them?
//!
//!     cargo run -p examples --example services

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use retryable::http::RetryClient;
use retryable::server::UpstreamLayer;
use retryable::{Exponential, On, Policy, TimeLimit, attempt};
use tokio::net::TcpListener;

/// The names of the headers, on which the services have agreed.
const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");
const REMAINING: HeaderName = HeaderName::from_static("x-remaining-ms");

/// A policy with a deadline.
type Timely = Policy<Exponential, On, TimeLimit>;

/// Each service makes up to five calls, within two seconds.
const POLICY: Timely = Policy::exponential(Duration::from_millis(2))
    .max_attempts(5)
    .deadline(Duration::from_secs(2));

struct Service {
    name: &'static str,
    client: RetryClient,
    next: Option<String>,
    requests: AtomicU32,
    headers: bool,
}

impl Service {
    /// Starts a service that calls the service at `next`, or fails if there is none.
    async fn start(
        name: &'static str,
        next: Option<&String>,
        headers: bool,
    ) -> std::io::Result<(Arc<Self>, String)> {
        let service = Arc::new(Self {
            name,
            client: client(headers),
            next: next.cloned(),
            requests: AtomicU32::new(0),
            headers,
        });
        let mut router = Router::new()
            .route("/", get(respond))
            .with_state(Arc::clone(&service));
        if headers {
            let layer = UpstreamLayer::new()
                .attempt_header(ATTEMPT)
                .remaining_header(REMAINING);
            router = router.layer(layer);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((service, url))
    }
}

fn client(headers: bool) -> RetryClient {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = RetryClient::new(client.unwrap_or_default(), POLICY);
    if headers {
        return client.attempt_header(ATTEMPT).remaining_header(REMAINING);
    }
    client
}

async fn respond(State(service): State<Arc<Service>>) -> (StatusCode, String) {
    service.requests.fetch_add(1, Ordering::Relaxed);
    if service.headers {
        // The attempt of the caller, from its headers.
        match attempt().map(|attempt| (attempt.number(), attempt.remaining())) {
            Some((number, Some(left))) => {
                let left = left.as_millis();
                println!("{}: attempt {number}, {left} ms left", service.name);
            }
            _ => println!("{}: no headers from the caller", service.name),
        }
    }
    let Some(next) = &service.next else {
        return (StatusCode::SERVICE_UNAVAILABLE, "down".to_owned());
    };
    match service.client.get(next).text().await {
        Ok(text) => (StatusCode::OK, text),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()),
    }
}

/// Returns how many requests each service receives for one call.
async fn call(headers: bool) -> Result<[u32; 3], Box<dyn std::error::Error>> {
    let (stock, url) = Service::start("stock", None, headers).await?;
    let (orders, url) = Service::start("orders", Some(&url), headers).await?;
    let (gateway, url) = Service::start("gateway", Some(&url), headers).await?;

    let error = client(headers).get(url).text().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    Ok([gateway, orders, stock].map(|service| service.requests.load(Ordering::Relaxed)))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let shared = call(true).await?;
    let [gateway, orders, stock] = shared;
    println!("with UpstreamLayer: {gateway} at gateway, {orders} at orders, {stock} at stock");
    assert_eq!(shared, [1, 1, 5]);

    let unshared = call(false).await?;
    let [gateway, orders, stock] = unshared;
    println!("without: {gateway} at gateway, {orders} at orders, {stock} at stock");
    assert_eq!(unshared, [5, 25, 125]);
    Ok(())
}
