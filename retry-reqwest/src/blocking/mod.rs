//! Retrying requests for [`reqwest::blocking`].
//!
//! The rules are those of the rest of this crate. What a thread cannot do is to interrupt itself: a
//! policy with an `attempt_timeout` does not fit here, and a deadline bounds waits, but an attempt only where the
//! request has a timeout of its own (`RequestBuilder::timeout`). reqwest's blocking client has one of
//! 30 s for each attempt, unless it was built with another.
//!
//! reqwest's blocking client sends a reader piece by piece, and stops when the connection ends. Where that
//! is before the last piece, it tells neither why nor what the server had answered: such a failure is
//! `Transient`, or `Ambiguous` where the method says so, even if nothing was sent. Bytes have no such gap.
//! A call whose reader blocks for ever does not end.
//!
//! # Examples
//!
//! ```no_run
//! use retryable::Policy;
//! use retryable::http::blocking::RequestBuilderExt;
//!
//! # fn order(client: &reqwest::blocking::Client) -> Result<String, retryable::http::Error> {
//! let policy = Policy::new().max_attempts(5);
//! let request = client.post("https://example.com/orders").body("three apples");
//! request.retry(&policy).idempotency_key().text()
//! # }
//! ```

mod body;
mod buffered;
mod client;
mod download;
mod exchange;
mod read;
mod reported;
mod request;
mod response;
mod send;

pub use body::ReplayBody;
pub use client::RetryClient;
pub use request::{ReportedRequest, RequestBuilderExt, RetryRequest};
pub use response::Response;
