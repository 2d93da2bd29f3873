//! Longer pages, one for each question.

/// What an attempt is, and which failures are worth another one.
#[doc = include_str!("../docs/requests.md")]
pub mod requests {}

/// What a server says about trying again, and what is made of it.
#[doc = include_str!("../docs/hints.md")]
pub mod hints {}

/// Sending a body again.
#[doc = include_str!("../docs/bodies.md")]
pub mod bodies {}

/// What `download` does with a body that breaks off.
#[doc = include_str!("../docs/downloads.md")]
pub mod downloads {}

/// Retries from service to service.
#[doc = include_str!("../docs/services.md")]
pub mod services {}

/// From reqwest-retry, and from Go's go-retryablehttp.
#[doc = include_str!("../docs/migrating.md")]
pub mod migrating {}
