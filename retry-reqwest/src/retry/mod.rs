//! Requests that are retried whole: one policy, from the first byte sent to the last byte read.

mod attempt_deadline;
mod attempt_headers;
mod client;
mod download;
mod drive;
mod exchange;
#[cfg(any(feature = "middleware", feature = "tower"))]
mod forward;
mod hosts;
mod http_client;
mod idempotency_key;
mod policy;
mod read;
mod reported;
mod request;
mod resend;
mod send;
mod settings;
mod start;
mod template;

pub use client::RetryClient;
pub use reported::ReportedRequest;
pub use request::RetryRequest;
pub use settings::RetrySettings;

pub(crate) use attempt_deadline::{AttemptDeadline, remaining};
pub(crate) use exchange::Exchange;
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use forward::{NotSent, forward};
pub(crate) use read::{Head, Read};
pub(crate) use resend::Resend;

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
