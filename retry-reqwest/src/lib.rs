//! Retrying for [`reqwest`]: what its errors and a server's responses mean for the next attempt.
//!
//! With this crate linked, `reqwest::Error` classifies itself, so a policy of `retry-core` can
//! retry any call that returns it. A crate that depends on the member crates and names nothing of
//! this one links it by `use retry_reqwest as _;`; the feature `reqwest` of the facade `retryable`
//! does so by itself.
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
//! [`retry`](RequestBuilderExt::retry) puts a whole request under a policy, the reading of its response
//! included:
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
//! | send a file, a stream or a form again | [`ReplayBody`] |
//! | write a large answer to a file | [`RetryRequest::download`] |
//! | retry requests that block | the module `blocking` |
//! | retry in a stack that there is | `RetryMiddleware`, `RetryLayer` |
//! | keep a host that is down from using up the retries of others | [`RetryClient::budget_per_host`] |
//! | send the attempt number to a server | [`RetryRequest::attempt_header`]; the server reads it with `retry_core::server` |
//! | see the redirects that a client follows | [`redirects`] |
//! | obey a header of an API's own | [`RetryClient::hint_header`] |
//! | know what went wrong | [`Error`] |
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
//! No TLS backend is chosen for you. A failure to connect is `Refused` only if the operating system, a
//! timeout, a proxy or the pool says that it is temporary; every other one is `Permanent`. So the certificate and
//! protocol errors of both of reqwest's backends are `Permanent`, although only those of rustls are known by name.
//! One temporary fault looks like them and is `Permanent` too: a handshake that the server cuts off under
//! native-tls.
//!
//! # Timeouts
//!
//! reqwest does not tell how far a request got in the time that `timeout` gives it as a whole, so that
//! this failure is never `Refused`. Set `connect_timeout` too, and a server that cannot be reached is.
//!
//! # What the server may see
//!
//! Below reqwest, hyper sends a request again by itself if the idle connection it had picked was
//! closed before any of it was written, and reqwest does so after HTTP/2 `REFUSED_STREAM` and
//! `GOAWAY` with `NO_ERROR`, up to twice, if it can clone the body. Such requests were not processed,
//! but a server may count more attempts than a policy does.
//! `reqwest::ClientBuilder::retry(reqwest::retry::never())` turns the second kind off.
//!
//! # Features
//!
//! No feature changes what an error means.
//!
//! | feature | default | |
//! |---|---|---|
//! | `blocking` | no | the module `blocking`, for `reqwest::blocking` |
//! | `json` | no | `json` of [`RetryRequest`] and of [`Response`] |
//! | `stream` | no | [`Response`]'s `bytes_stream` |
//! | `multipart` | no | a form from [`ReplayBody::from_fn`] |
//! | `middleware` | no | `RetryMiddleware`, for `reqwest_middleware` |
//! | `tower` | no | `RetryLayer`, for a stack of tower |
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
mod body;
mod classify;
#[cfg(any(doc, doctest))]
pub mod docs;
mod download;
mod error;
mod redirect;
mod request;
mod response;
#[cfg(any(feature = "middleware", feature = "tower"))]
mod stack;

pub use body::{MakeBody, NotReplayable, ReplayBody, clone_request};
pub use classify::{
    Http, Verdict, classify, classify_status, explain, explain_status, retry_after,
};
pub use error::{Error, ErrorKind};
pub use redirect::redirects;
pub use request::{ReportedRequest, RequestBuilderExt, RetryClient, RetryRequest, RetrySettings};
pub use response::Response;
#[cfg(feature = "middleware")]
pub use stack::RetryMiddleware;
#[cfg(feature = "tower")]
pub use stack::{RetryLayer, RetryService};

#[cfg(doc)]
use retry_core::Class;
