//! Longer pages, one for each question.

/// Which requests are retried, and what an attempt includes.
#[doc = include_str!("../docs/requests.md")]
pub mod requests {}

/// Server hints such as `Retry-After`, and what a policy does with them.
#[doc = include_str!("../docs/hints.md")]
pub mod hints {}

/// Which request bodies can be resent.
#[doc = include_str!("../docs/bodies.md")]
pub mod bodies {}

/// How `download` resumes a body that ended early.
#[doc = include_str!("../docs/downloads.md")]
pub mod downloads {}

/// Retries from service to service.
#[doc = include_str!("../docs/services.md")]
pub mod services {}

/// Moving over from reqwest-retry, and from Go's go-retryablehttp.
#[doc = include_str!("../docs/migrating.md")]
pub mod migrating {}
