//! Retries for HTTP with [`reqwest`](https://docs.rs/reqwest): the crate `retry-reqwest`, under the name that this
//! crate gives it.
//!
//! With the feature `reqwest`, `reqwest::Error` classifies itself, so every form of retry works on calls
//! that return it. A `reqwest::Error` knows neither the method of its request nor the headers of the response;
//! [`send_checked`](RequestBuilderExt::send_checked) and [`retry`](RequestBuilderExt::retry) know both.
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
//! | retry a request | [`RequestBuilderExt::retry`], [`RetryRequest`] |
//! | retry all requests of a client | [`RetryClient`] |
//! | send a file, a stream or a form again | [`ReplayBody`] |
//! | write a large response to a file | [`RetryRequest::download`] |
//! | retry requests that block | `blocking`, with the feature `reqwest-blocking` |
//! | retry in an existing stack | `RetryMiddleware`, `RetryLayer` |
//! | send the attempt number to a server | [`RetryRequest::attempt_header`]; the server reads it with `retryable::server` |
//! | know what went wrong | [`Error`], [`explain`] |
//!
//! The documentation of the crate `retry-reqwest` has the rules: which failure is what, TLS, timeouts, bodies,
//! downloads.

// Requests and their bodies.
#[doc(inline)]
pub use retry_reqwest::{
    MakeBody, NotReplayable, ReplayBody, ReportedRequest, RequestBuilderExt, Response, RetryClient,
    RetryRequest, RetrySettings, clone_request, redirects,
};

// What failed, and what that means.
#[doc(inline)]
pub use retry_reqwest::{
    Error, ErrorKind, Http, Verdict, classify, classify_status, explain, explain_status,
    retry_after,
};

// Other places to retry in.
#[cfg(feature = "reqwest-middleware")]
#[doc(inline)]
pub use retry_reqwest::RetryMiddleware;
#[cfg(feature = "reqwest-blocking")]
#[doc(inline)]
pub use retry_reqwest::blocking;
#[cfg(feature = "reqwest-tower")]
#[doc(inline)]
pub use retry_reqwest::{RetryLayer, RetryService};
