//! The ways to send a request: eight attempts at most, after 10, 20, 40, 80, 160, 320 and 320 ms without jitter,
//! each as its documentation recommends.

use std::pin::Pin;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Method, RequestBuilder};
use reqwest_middleware::{ClientBuilder as MiddlewareBuilder, ClientWithMiddleware};
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::{Jitter as PeersJitter, RetryTransientMiddleware};
use retryable::http::RequestBuilderExt;
use retryable::{Exponential, Jitter, Policy};
use retryable_benches::report::versioned;

const ATTEMPTS: u32 = 8;
const BASE: Duration = Duration::from_millis(10);
const CAP: Duration = Duration::from_millis(320);
const POLICY: Policy = Policy::with_backoff(Exponential::new(BASE).cap(CAP).jitter(Jitter::None))
    .max_attempts(ATTEMPTS);

pub(crate) const ON_DELAYS: &str = "Eight attempts at most, after 10, 20, 40, 80, 160, 320 and 320 ms without \
    jitter; `reqwest::retry` has no delays, and its documentation leaves methods that are not idempotent to the \
    classifier, which here retries none.";

/// Whether the call succeeded.
type Sending = Pin<Box<dyn Future<Output = bool> + Send>>;

/// One way to send an order.
pub(crate) struct Way {
    pub(crate) name: String,
    send: Box<dyn Fn(Method, String) -> Sending + Send + Sync>,
}

impl Way {
    fn new<F, C>(name: impl Into<String>, send: F) -> Self
    where
        F: Fn(Method, String) -> C + Send + Sync + 'static,
        C: Future<Output = bool> + Send + 'static,
    {
        Self {
            name: name.into(),
            send: Box::new(move |method, url| Box::pin(send(method, url))),
        }
    }

    pub(crate) fn send(&self, method: Method, url: String) -> Sending {
        (self.send)(method, url)
    }
}

/// All of them, ours first, each with its own connections.
pub(crate) fn ways(http2: bool) -> Vec<Way> {
    vec![
        ours(http2),
        alone(http2),
        middleware(http2),
        built_in(http2),
    ]
}

fn builder(http2: bool) -> ClientBuilder {
    let builder = Client::builder().no_proxy();
    if http2 {
        builder.http2_prior_knowledge()
    } else {
        builder
    }
}

fn client(builder: ClientBuilder) -> Client {
    builder.build().expect("the client builds")
}

fn ours(http2: bool) -> Way {
    let client = client(builder(http2));
    Way::new("retryable: `request.retry`", move |method, url| {
        let request = order(&client, method, url).retry(const { &POLICY });
        async move { request.text().await.is_ok() }
    })
}

fn alone(http2: bool) -> Way {
    plain(format!("{} alone", versioned("reqwest")), builder(http2))
}

fn built_in(http2: bool) -> Way {
    let retry = reqwest::retry::for_host("127.0.0.1")
        .no_budget()
        .max_retries_per_request(ATTEMPTS - 1)
        .classify_fn(|reply| {
            let failed = reply.status().is_none_or(|status| status.is_server_error());
            if failed && reply.method().is_idempotent() {
                reply.retryable()
            } else {
                reply.success()
            }
        });
    let name = format!("{}, `reqwest::retry`", versioned("reqwest"));
    plain(name, builder(http2).retry(retry))
}

fn plain(name: String, builder: ClientBuilder) -> Way {
    let client = client(builder);
    Way::new(name, move |method, url| {
        let request = order(&client, method, url);
        async move {
            let response = request.send().await;
            match response.and_then(reqwest::Response::error_for_status) {
                Ok(response) => response.text().await.is_ok(),
                Err(_) => false,
            }
        }
    })
}

fn middleware(http2: bool) -> Way {
    let policy = ExponentialBackoff::builder()
        .retry_bounds(BASE, CAP)
        .jitter(PeersJitter::None)
        .base(2)
        .build_with_max_retries(ATTEMPTS - 1);
    let client: ClientWithMiddleware = MiddlewareBuilder::new(client(builder(http2)))
        .with(RetryTransientMiddleware::new_with_policy(policy))
        .build();
    Way::new(versioned("reqwest-retry"), move |method, url| {
        let body = if method == Method::POST {
            "three apples"
        } else {
            ""
        };
        let request = client.request(method, url).body(body);
        async move {
            let Ok(response) = request.send().await else {
                return false;
            };
            match response.error_for_status() {
                Ok(response) => response.text().await.is_ok(),
                Err(_) => false,
            }
        }
    })
}

fn order(client: &Client, method: Method, url: String) -> RequestBuilder {
    let body = if method == Method::POST {
        "three apples"
    } else {
        ""
    };
    client.request(method, url).body(body)
}
