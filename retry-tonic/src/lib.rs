//! Retries for gRPC with tonic: classes of [`Status`](tonic::Status), what servers say of retries, and a layer that sends unary
//! calls again.
//!
//! If this crate is linked, `tonic::Status` classifies itself, so `#[retryable]` and each policy can retry a function that
//! returns it. A crate that uses no item of this one links it with `use retry_tonic as _;`.
//!
//! ```
//! use retryable::retryable;
//! use tonic::Status;
//! use retry_tonic as _;
//!
//! #[retryable(max = 5, backoff = "none")]
//! async fn user(id: u64) -> Result<String, Status> {
//!     // client.clone().get_user(id).await.map(Response::into_inner)
//!     # match retryable::attempt() {
//!     #     Some(attempt) if attempt.number() < 3 => Err(Status::unavailable("down")),
//!     #     _ => Ok(id.to_string()),
//!     # }
//! }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! assert_eq!(user(7).await.unwrap(), "7");
//! # });
//! ```
//!
//! A status does not say which method was called, and [`Transient`](retry_core::Class::Transient) supposes that it may run
//! twice. For methods that must not, write `on = "refused"`, or use the layer, which knows the method:
//!
//! ```
//! use retry_tonic::RetryLayer;
//! use retryable::Policy;
//! use std::time::Duration;
//! use tonic::transport::Endpoint;
//!
//! const POLICY: Policy = Policy::exponential(Duration::from_millis(100)).max_attempts(4);
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let channel = Endpoint::from_static("http://127.0.0.1:50051").connect_lazy();
//! let channel = RetryLayer::new(POLICY).idempotent("users.Users/Get").wrap(channel);
//! // let client = UsersClient::new(channel);
//! # let _ = channel;
//! # });
//! ```
//!
//! # Where to look
//!
//! | to | see |
//! |---|---|
//! | retry the calls of a generated client | [`RetryLayer`] |
//! | declare that a method may run twice | [`RetryLayer::idempotent`], [`Idempotent`] |
//! | use the retry policies of a gRPC service config | `ServiceConfig`, with the feature `service-config` |
//! | limit the time of an attempt of a function | [`Error`], which is `From<TimedOut>` |
//! | know which rule decided | [`explain`], [`Error::explain`] |
//!
//! # Which status is what
//!
#![doc = include_str!("../docs/statuses.md")]
//!
//! The causes of a status count before its code. A call is refused only with a proof that its method did not run, which is
//! about one hop: behind a proxy, it is about the proxy. tonic has other codes than gRPC's specification for some failures of the
//! channel, such as `UNKNOWN` for a connection that breaks: the class is that of the specification.
//!
//! # Differences from gRPC's retries
//!
//! The layer follows [proposal A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md), with these exceptions:
//!
//! - A call that certainly did not reach the method uses up an attempt, and it waits. A6 calls that a transparent retry, makes it
//!   at once, and does not count it.
//! - A method must be declared idempotent, unless a service config lists codes for it.
//! - A wait that the server asked for is never shorter than the policy's own, and gives up if it is longer than
//!   [`max_retry_after`](retry_core::Policy::max_retry_after).
//! - The server's `google.rpc.RetryInfo` counts, if it sends no pushback.
//! - Streams of requests are not kept, and not sent again.
//!
//! # Features
//!
//! No feature changes what a status means.
//!
//! | feature | default | |
//! |---|---|---|
//! | `service-config` | no | `ServiceConfig`: policies from gRPC's service config in JSON |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod classify;
mod error;
mod layer;
#[cfg(feature = "service-config")]
mod service_config;

pub use classify::{Grpc, Verdict, explain};
pub use error::Error;
pub use layer::{Idempotent, RetryChannel, RetryLayer};
#[cfg(feature = "service-config")]
pub use service_config::{ConfigError, ServiceConfig};

/// The page of the guide: its code uses this crate, on which the facade does not depend.
#[cfg(doctest)]
#[doc = include_str!("../../docs/grpc.md")]
mod guide {}
