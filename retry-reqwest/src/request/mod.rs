//! Requests that are retried whole: one policy, from the first byte sent to the last byte read.

mod attempt_deadline;
mod attempt_headers;
mod attempts;
mod builder_ext;
mod download;
mod drive;
mod exchange;
mod hosts;
mod http_client;
mod idempotency_key;
mod policy;
mod read;
mod reported;
mod request_source;
mod retry_client;
mod retry_request;
mod send;
mod settings;
mod span;
mod start;
mod template;

pub use builder_ext::RequestBuilderExt;
pub use reported::ReportedRequest;
pub use retry_client::RetryClient;
pub use retry_request::RetryRequest;
pub use settings::RetrySettings;

#[cfg(feature = "blocking")]
pub(crate) use attempt_deadline::remaining;
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use attempts::Attempts;
#[cfg(feature = "blocking")]
pub(crate) use builder_ext::sealed;
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use drive::drive;
#[cfg(feature = "blocking")]
pub(crate) use drive::settle;
// Without `tracing`, `feature_off` needs it too.
#[cfg(any(
    feature = "blocking",
    all(
        not(feature = "tracing"),
        not(all(target_family = "wasm", target_os = "unknown"))
    )
))]
pub(crate) use http_client::HttpClient;
#[cfg(feature = "blocking")]
pub(crate) use http_client::{Accepts, forward_to_reqwest};
#[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
pub(crate) use policy::begin;
#[cfg(any(feature = "middleware", feature = "tower"))]
pub(crate) use policy::{CallHooks, SharedPolicy};
#[cfg(feature = "blocking")]
pub(crate) use span::AttemptSpan;
#[cfg(feature = "blocking")]
pub(crate) use start::Start;
#[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
pub(crate) use template::Template;
