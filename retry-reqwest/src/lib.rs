//! Retries for [`reqwest`]: classification of its errors and of responses, server hints, and requests that are retried
//! whole.
//!
//! If this crate is linked, `reqwest::Error` classifies itself, so a policy of `retry-core` can retry any call that
//! returns it. The feature `reqwest` of the facade `retryable` links it. A crate that depends on the member crates and
//! uses no item of this one links it with `use retry_reqwest as _;`.
//!
//! ```
//! use retryable::{Class, Classify};
//!
//! let error = reqwest::Client::new().get("no url").build().unwrap_err();
//! assert_eq!(error.classify(), Class::Permanent);
//! ```
//!
//! A `reqwest::Error` knows neither the method of its request nor the headers of the response.
//! [`send_checked`](RequestBuilderExt::send_checked) knows both: it returns a [`Response`], or an [`Error`] for
//! failures, for statuses of 400 and above, and for redirects that were not followed. It obeys `Retry-After`, and does
//! not call a `POST` safe to repeat. Reading the body of that response fails with an [`Error`] too.
//!
//! [`retry`](RequestBuilderExt::retry) retries a whole request by a policy, including reading the response:
//!
//! ```no_run
//! use retryable::Policy;
//! use retryable::http::RequestBuilderExt;
//! use std::time::Duration;
//!
//! const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
//!
//! # async fn order(client: reqwest::Client) -> Result<String, retryable::http::Error> {
//! let order = client.post("https://example.com/orders").body("three apples");
//! let receipt = order.retry(&POLICY).idempotency_key().text().await?;
//! # Ok(receipt)
//! # }
//! ```
//!
//! # Where to look
//!
//! | to | see |
//! |---|---|
//! | retry a request | [`RequestBuilderExt::retry`], [`RetryRequest`] |
//! | retry all requests of a client | [`RetryClient`] |
//! | resend a file, a stream or a form | [`ReplayBody`] |
//! | write a large response to a file | [`RetryRequest::download`] |
//! | retry blocking requests | the module `blocking` |
//! | retry in an existing stack | `RetryMiddleware`, `RetryLayer` |
//! | prevent a host that is down from using up the retries of other hosts | [`RetryClient::budget_per_host`] |
//! | send the attempt number to a server | [`RetryRequest::attempt_header`]; the server reads it with `retry_http::server` |
//! | notice the redirects that a client follows | [`redirects`] |
//! | obey an API's own header | [`RetryClient::hint_header`] |
//! | see every attempt in traces | `spans` of [`RetryClient`], with the feature `tracing` |
//! | know what went wrong | [`Error`] |
//! | test code that sends requests | the module `testing`, with the feature `test-util` |
//! | rehearse an outage | `Chaos`, with the feature `chaos` |
//!
//! The pages: [which requests are retried](docs::requests), [hints](docs::hints),
//! [bodies](docs::bodies), [downloads](docs::downloads), [across services](docs::services), and
//! [moving over](docs::migrating) from reqwest-retry or go-retryablehttp.
//!
//! # Which failure is what
//!
#![doc = include_str!("../docs/failures.md")]
//!
//! [`explain`] and [`explain_status`] name the rule that decided. [`retry_after`] lists the hints.
//!
//! # TLS
//!
//! This crate chooses no TLS backend. A failure to connect is `Refused` only if the operating system, a timeout, a
//! proxy or the pool says that it is temporary; every other failure to connect is `Permanent`. So the certificate and
//! protocol errors of both of reqwest's backends are `Permanent`, although only rustls's are known by name. One
//! temporary fault looks like them and is `Permanent` too: a handshake that the server cuts off under native-tls.
//!
//! # Timeouts
//!
//! reqwest's `timeout` limits a request as a whole, and its error does not say whether the request was sent, so it is
//! never `Refused`. Set `connect_timeout` too: then an unreachable server is `Refused`.
//!
//! # What the server may see
//!
//! hyper resends a request by itself if the idle connection that it had picked was closed before any of the request was
//! written. reqwest resends it after HTTP/2 `REFUSED_STREAM` and `GOAWAY` with `NO_ERROR`, up to twice, if it can clone
//! the body. Such requests were not processed, but a server may count more attempts than a policy does.
//! `reqwest::ClientBuilder::retry(reqwest::retry::never())` turns off the second kind.
//!
//! # In a browser
//!
//! On wasm32-unknown-unknown, in pages, workers and node, `fetch` sends the requests. This crate has the classes of
//! failures and statuses there, and [`send_checked`](RequestBuilderExt::send_checked): annotated functions and
//! [`Policy`](retry_core::Policy) retry calls that return [`Error`] or `reqwest::Error`. [`RetryRequest`], and what resends
//! bodies, follows redirects or resumes downloads, is not there.
//!
//! `fetch` does not say why it failed: a name that does not resolve, a broken connection, and a server that does not
//! allow other origins are one error, which is `Transient`. Some failures come after the server has processed the
//! request, so write `on = "refused"` for calls that must not happen twice.
//!
//! # Features
//!
//! No feature changes what an error means.
//!
//! | feature | default | |
//! |---|---|---|
//! | `blocking` | no | the module `blocking`, for `reqwest::blocking` |
//! | `chaos` | no | `Chaos`: faults that are injected into requests, to rehearse an outage |
//! | `json` | no | `json` of [`RetryRequest`] and of [`Response`] |
//! | `stream` | no | [`Response`]'s `bytes_stream` |
//! | `multipart` | no | a form from [`ReplayBody::from_fn`] |
//! | `middleware` | no | `RetryMiddleware`, for `reqwest_middleware` |
//! | `tower` | no | `RetryLayer`, for a stack of tower |
//! | `tracing` | no | `spans` of [`RetryRequest`], [`RetryClient`] and [`RetrySettings`]: a span for each attempt |
//! | `test-util` | no | the module `testing`: a server that misbehaves on demand |
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(
    feature = "blocking",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub mod blocking;
mod body;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod chaos;
mod classify;
#[cfg(any(doc, doctest))]
pub mod docs;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod download;
mod error;
mod feature_off;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod redirect;
// Before a request, a browser needs nothing but its check.
#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    path = "request/fetch.rs"
)]
mod request;
mod response;
#[cfg(all(
    any(feature = "middleware", feature = "tower"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
mod stack;
#[cfg(all(
    feature = "test-util",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub mod testing;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use body::{MakeBody, ReplayBody};
pub use body::{NotReplayable, clone_request};
#[cfg(all(
    feature = "chaos",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub use chaos::{Chaos, ChaosReport};
pub use classify::{Http, classify, explain};
pub use error::{Error, ErrorKind};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use redirect::redirects;
pub use request::RequestBuilderExt;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use request::{ReportedRequest, RetryClient, RetryRequest, RetrySettings};
pub use response::Response;
#[doc(inline)]
pub use retry_http::{Verdict, classify_status, explain_status, retry_after};
#[cfg(all(
    feature = "middleware",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub use stack::RetryMiddleware;
#[cfg(all(
    feature = "tower",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub use stack::{RetryLayer, RetryService};

// The pages say `retry_reqwest::…`, because the facade's documentation includes them, too.
#[cfg(doc)]
extern crate self as retry_reqwest;
#[cfg(doc)]
use retry_core::Class;
