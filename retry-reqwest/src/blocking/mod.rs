//! Retrying requests for `reqwest::blocking`.
//!
//! The rules are those of the rest of this crate, but a thread cannot interrupt itself. So a policy with an
//! `attempt_timeout` or a `deadline` does not compile here; `max_elapsed` does. An enclosing deadline bounds waits,
//! and an attempt only if the request has its own timeout (`RequestBuilder::timeout`). reqwest's blocking client has
//! a timeout of 30 s for each attempt by default.
//!
//! reqwest's blocking client sends a reader piece by piece, and stops when the connection ends. If that is before the
//! last piece, it reports neither the cause nor the server's response: such a failure is `Transient`, or `Ambiguous`
//! depending on the method, even if nothing was sent. Bytes have no such gap. A call whose reader blocks for ever
//! does not end.
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
