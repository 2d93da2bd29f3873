//! Retries for HTTP with any client: what a response means for the next attempt, and server hints.
//!
//! It depends on the types of the crate `http`, and on no client: for hyper-util, ureq, axum's clients and others.
//! `retry-reqwest` builds on it, and retries whole requests of reqwest.
//!
//! ```
//! use http::{Request, Response};
//! use retryable::{Class, Classify};
//! use retryable::http::RequestFacts;
//!
//! let request = Request::get("/users/7").body(())?;
//! let facts = RequestFacts::of(&request);
//! // … send the request with any client …
//! let response = Response::builder().status(502).body("")?;
//! let error = facts.check(&response).unwrap_err();
//! assert_eq!(error.classify(), Class::Transient);
//! # Ok::<(), http::Error>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | retry requests of hyper-util and ureq, and in a stack of tower | [clients](docs::clients) |
//! | make an error of a response that is not a success | [`RequestFacts::check`], [`StatusError`] |
//! | know whether a request may be repeated | [`RequestFacts::is_repeatable`] |
//! | classify a status, and see which rule decided | [`classify_status`], [`explain_status`] |
//! | read how long a server asked to wait | [`retry_after`] |
//! | limit retries across services | the module `server`, with the feature `server` |
//!
//! # Which failure is what
//!
#![doc = include_str!("../docs/statuses.md")]
//!
//! If the server must not process the request twice, `Transient` becomes [`Ambiguous`](retry_core::Class::Ambiguous):
//! [`RequestFacts::is_repeatable`]. A redirect that was not followed, and a status below 200 or a 304 that was not asked
//! for, are no success: they are [`Permanent`](retry_core::Class::Permanent).
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `server` | no | the module `server`: a tower layer for servers whose handlers retry calls of other services |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod asked_for;
#[cfg(any(doc, doctest))]
pub mod docs;
mod hint_headers;
mod hints;
mod request_facts;
mod response_rules;
mod rule;
mod safety;
#[cfg(feature = "server")]
pub mod server;
mod status;
mod status_error;
#[cfg(test)]
mod status_table;

pub use hints::retry_after;
pub use request_facts::RequestFacts;
pub use rule::Verdict;
pub use status::{classify_status, explain_status};
pub use status_error::StatusError;

// The pages say `retry_http::…`, because the facade's documentation includes them, too.
#[cfg(doc)]
extern crate self as retry_http;

/// What `retry-reqwest` builds on. The name contains the version, because the two match only within one version.
#[doc(hidden)]
pub mod __private_0_1 {
    pub use crate::__rules_0_1 as rules;
    pub use crate::asked_for::AskedFor;
    pub use crate::hint_headers::HintHeaders;
    pub use crate::hints::{hint, wall_clock};
    pub use crate::rule::{Rule, classes};
    pub use crate::safety::{IDEMPOTENCY_KEY, Safety};
    pub use crate::status::{is_failure, judge_response, judge_status};

    pub mod response_rules {
        pub use crate::response_rules::*;
    }
}
