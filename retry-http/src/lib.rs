//! Retries for HTTP with any client: what a response means for the next attempt, and server hints.
//!
//! # Which failure is what
//!
#![doc = include_str!("../docs/statuses.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod asked_for;
mod hint_headers;
mod hints;
mod response_rules;
mod rule;
mod safety;
#[cfg(feature = "server")]
pub mod server;
mod status;
#[cfg(test)]
mod status_table;

pub use hints::retry_after;
pub use rule::Verdict;
pub use status::{classify_status, explain_status};

/// What `retry-reqwest` builds on. The name contains the version, because the two match only within one version.
#[doc(hidden)]
pub mod __private_0_1 {
    pub use crate::__rules_0_1 as rules;
    pub use crate::asked_for::AskedFor;
    pub use crate::hint_headers::HintHeaders;
    pub use crate::hints::{hint, wall_clock};
    pub use crate::rule::{Rule, classes};
    pub use crate::safety::{IDEMPOTENCY_KEY, Safety};
    pub use crate::status::{is_failure, judge_status};

    pub mod response_rules {
        pub use crate::response_rules::*;
    }
}
