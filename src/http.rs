//! Retries for HTTP with [`reqwest`](https://docs.rs/reqwest), and classes of responses for every client.
//!
//! The feature `http` re-exports the crate `retry-http`, which needs no client: [`RequestFacts`], [`StatusError`],
//! [`classify_status`], [`explain_status`], [`retry_after`]. The feature `reqwest` adds the crate `retry-reqwest`.
//!
//! With the feature `reqwest`, `reqwest::Error` implements [`Classify`](trait@crate::Classify), so every form of retry
//! works for calls that return it. A `reqwest::Error` knows neither the method of its request nor the headers of the
//! response; [`send_checked`](RequestBuilderExt::send_checked) and [`retry`](RequestBuilderExt::retry) know both.
//!
//! ```no_run
//! use retryable::Policy;
//! use retryable::http::{self, RequestBuilderExt};
//! use std::time::Duration;
//!
//! const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
//!
//! # async fn order(client: reqwest::Client) -> Result<String, http::Error> {
//! let order = client.post("https://example.com/orders").body("three apples");
//! order.retry(&POLICY).idempotency_key().text().await
//! # }
//! ```
//!
//! | to | see |
//! |---|---|
//! | retry a request | [`RequestBuilderExt::retry`], [`RetryRequest`], [which requests are retried](docs::requests) |
//! | retry all requests of a client | [`RetryClient`] |
//! | resend a file, a stream or a form | [`ReplayBody`], [bodies](docs::bodies) |
//! | write a large response to a file | [`RetryRequest::download`], [downloads](docs::downloads) |
//! | log, count or sign each attempt | [`RetrySettings`]: `on_retry`, `on_give_up`, `before_attempt` |
//! | set which headers of a server are obeyed | [`RetryClient::hint_header`], [hints](docs::hints) |
//! | retry requests of hyper-util, ureq and other clients | [`RequestFacts`], [clients](docs::clients) |
//! | retry blocking requests | `blocking`, with the feature `reqwest-blocking` |
//! | retry in an existing stack | `RetryMiddleware`, `RetryLayer` |
//! | send the attempt number to a server | [`RetryRequest::attempt_header`]; the server reads it with `retryable::server`; [across services](docs::services) |
//! | test code that sends requests | `testing`, with the feature `test-util`: a server that misbehaves on demand |
//! | rehearse an outage | `Chaos`, with the feature `reqwest-chaos` |
//! | find the cause of a failure | [`Error`], [`explain`] |
//! | migrate from reqwest-retry or go-retryablehttp | [migrating](docs::migrating) |
//!
//! # Which failure is what
//!
#![doc = include_str!("../docs/http/failures.md")]
//!
//! [`explain`] and [`explain_status`] name the rule that decided. The documentation of the crate `retry-reqwest` says more
//! about TLS and timeouts.

#[cfg(doc)]
pub mod docs;

// For every client.
#[cfg(feature = "server")]
#[doc(inline)]
pub use retry_http::server::UpstreamLayer;
#[doc(inline)]
pub use retry_http::{
    RequestFacts, StatusError, Verdict, classify_status, explain_status, retry_after,
};

// Requests of reqwest, and their bodies.
#[cfg(all(
    feature = "reqwest",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[doc(inline)]
pub use retry_reqwest::{
    MakeBody, ReplayBody, ReportedRequest, RetryClient, RetryRequest, RetrySettings, redirects,
};
#[cfg(feature = "reqwest")]
#[doc(inline)]
pub use retry_reqwest::{NotReplayable, RequestBuilderExt, Response, clone_request};

// What failed, and what that means.
#[cfg(feature = "reqwest")]
#[doc(inline)]
pub use retry_reqwest::{Error, ErrorKind, Http, classify, explain};

// Other places to retry in.
#[cfg(all(
    feature = "reqwest-middleware",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[doc(inline)]
pub use retry_reqwest::RetryMiddleware;
#[cfg(all(
    feature = "reqwest-blocking",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[doc(inline)]
pub use retry_reqwest::blocking;
#[cfg(all(
    feature = "reqwest",
    feature = "test-util",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[doc(inline)]
pub use retry_reqwest::testing;
#[cfg(all(
    feature = "reqwest-chaos",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[doc(inline)]
pub use retry_reqwest::{Chaos, ChaosReport};
#[cfg(all(
    feature = "reqwest-tower",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[doc(inline)]
pub use retry_reqwest::{RetryLayer, RetryService};
