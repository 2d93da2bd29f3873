//! Requests that are retried whole: one policy, from the first byte sent to the last byte read.

mod again;
mod attempt_headers;
mod client;
mod download;
mod drive;
mod exchange;
mod hosts;
mod http_client;
mod idempotency_key;
mod limit;
#[cfg(any(feature = "middleware", feature = "tower"))]
mod pass;
mod policy;
mod read;
mod reported;
mod request;
mod send;
mod settings;
mod start;
mod template;

pub use client::RetryClient;
pub use reported::ReportedRequest;
pub use request::RetryRequest;
pub use settings::RetrySettings;

pub(crate) use again::Again;
pub(crate) use exchange::Exchange;
pub(crate) use limit::{Limit, left};
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use pass::{NotSent, pass};
pub(crate) use read::{Head, Read};

#[cfg(feature = "blocking")]
pub(crate) use drive::settle;
#[cfg(feature = "blocking")]
pub(crate) use http_client::{Accepts, HttpClient};
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use policy::SharedPolicy;
#[cfg(feature = "blocking")]
pub(crate) use policy::begin;
#[cfg(feature = "blocking")]
pub(crate) use start::Start;
#[cfg(feature = "blocking")]
pub(crate) use template::Template;
