//! Requests that are retried whole: one policy, from the first byte sent to the last byte read.

mod attempts;
mod client;
mod limit;
#[cfg(any(feature = "middleware", feature = "tower"))]
mod pass;
mod policy;
mod read;
mod reported;
mod request;
mod settings;
mod template;
mod timer;

pub use client::RetryClient;
#[cfg(any(feature = "middleware", feature = "tower"))]
pub use pass::SharedPolicy;
pub use policy::HttpPolicy;
pub use reported::ReportedRequest;
pub use request::RetryRequest;
pub use settings::RetrySettings;

pub(crate) use attempts::exchange;
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use pass::pass;
#[cfg(feature = "blocking")]
pub(crate) use policy::{Ended, outcome, sealed};
#[cfg(feature = "blocking")]
pub(crate) use read::failed;
pub(crate) use read::{Head, Read};
#[cfg(feature = "blocking")]
pub(crate) use template::{Repeat, Template};
