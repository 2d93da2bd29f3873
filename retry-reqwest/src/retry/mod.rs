//! Requests that are retried whole: one policy, from the first byte sent to the last byte read.

mod attempts;
mod policy;
mod read;
mod request;
mod template;

pub use policy::HttpPolicy;
pub use request::RetryRequest;

pub(crate) use attempts::exchange;
pub(crate) use read::{Head, Read};
