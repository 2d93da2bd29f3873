//! Three services, each of which retries its calls to the next, and what becomes of one call when the last
//! is down: with what this crate tells from one to the other, and without.
//!
//!     cargo run --example services

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

/// The services agreed on these two names.
const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");
const REMAINING: HeaderName = HeaderName::from_static("x-remaining-ms");

/// A policy with a deadline.
type Timely = Policy<Exponential, On, TimeLimit>;

/// Each of them makes up to five calls, and waits for two seconds in all.
const POLICY: Timely = Policy::exponential(Duration::from_millis(2))
    .max_attempts(5)
    .deadline(Duration::from_secs(2));

struct Service {
    name: &'static str,
    client: RetryClient,
    next: Option<String>,
    requests: AtomicU32,
    tells: bool,
}

impl Service {
    /// Starts one that asks the service at `next`, or fails where there is none.
    async fn start(
        name: &'static str,
        next: Option<&String>,
        tells: bool,
    ) -> std::io::Result<(Arc<Self>, String)> {
        let service = Arc::new(Self {
            name,
            client: client(tells),
            next: next.cloned(),
            requests: AtomicU32::new(0),
            tells,
        });
        let mut router = Router::new()
            .route("/", get(answer))
            .with_state(Arc::clone(&service));
        if tells {
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

fn client(tells: bool) -> RetryClient {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = RetryClient::new(client.unwrap_or_default(), POLICY);
    if tells {
        return client.attempt_header(ATTEMPT).remaining_header(REMAINING);
    }
    client
}

async fn answer(State(service): State<Arc<Service>>) -> (StatusCode, String) {
    service.requests.fetch_add(1, Ordering::Relaxed);
    if service.tells {
        // What the caller said about its attempt.
        match attempt().map(|attempt| (attempt.number(), attempt.remaining())) {
            Some((number, Some(left))) => {
                let left = left.as_millis();
                println!("{}: attempt {number}, {left} ms left", service.name);
            }
            _ => println!("{}: the caller said nothing", service.name),
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

/// How many requests each service gets for one call.
async fn call(tells: bool) -> Result<[u32; 3], Box<dyn std::error::Error>> {
    let (stock, url) = Service::start("stock", None, tells).await?;
    let (orders, url) = Service::start("orders", Some(&url), tells).await?;
    let (gateway, url) = Service::start("gateway", Some(&url), tells).await?;

    let error = client(tells).get(url).text().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    Ok([gateway, orders, stock].map(|service| service.requests.load(Ordering::Relaxed)))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let told = call(true).await?;
    let [gateway, orders, stock] = told;
    println!("with UpstreamLayer: {gateway} at gateway, {orders} at orders, {stock} at stock");
    assert_eq!(told, [1, 1, 5]);

    let untold = call(false).await?;
    let [gateway, orders, stock] = untold;
    println!("without: {gateway} at gateway, {orders} at orders, {stock} at stock");
    assert_eq!(untold, [5, 25, 125]);
    Ok(())
}
