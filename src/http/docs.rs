//! Longer pages, one for each question. They are in the documentation only: code cannot name them.

/// What an attempt is, and which failures are retried.
///
#[doc = include_str!("../../docs/http/requests.md")]
pub mod requests {}

/// Which waits a server can ask for, and which of them are obeyed.
///
#[doc = include_str!("../../docs/http/hints.md")]
pub mod hints {}

/// Resending a body.
///
#[doc = include_str!("../../docs/http/bodies.md")]
pub mod bodies {}

/// How `download` resumes a body that is interrupted.
///
#[doc = include_str!("../../docs/http/downloads.md")]
pub mod downloads {}

/// Retries from service to service.
///
#[doc = include_str!("../../docs/http/services.md")]
pub mod services {}

/// Migrating from reqwest-retry, and from Go's go-retryablehttp.
///
#[doc = include_str!("../../docs/http/migrating.md")]
pub mod migrating {}

/// Requests of other clients: hyper-util, ureq, and stacks of tower.
///
#[doc = include_str!("../../docs/http-clients.md")]
// The tests of retry-http compile its examples, which need ureq and hyper-util.
#[cfg(not(doctest))]
pub mod clients {}
