//! What a failure or a response means for the next attempt.

mod causes;
mod error_type;
// A browser hides what failed, and has none of the errors of a host.
#[cfg_attr(all(target_family = "wasm", target_os = "unknown"), path = "fetch.rs")]
mod failure;
#[cfg(test)]
mod failure_table;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod http2;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod private_errors;
mod public;
#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    allow(
        dead_code,
        unused_imports,
        reason = "most rules are for failures that a browser hides"
    )
)]
pub(crate) mod rules;

pub use public::{Http, classify, explain};

pub(crate) use causes::causes;
pub(crate) use error_type::{BODY, OTHER, TIMEOUT, error_type};
pub(crate) use failure::{is_known_cause, judge, judge_first_hop};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) use retry_http::__private_0_1::IDEMPOTENCY_KEY;
pub(crate) use retry_http::__private_0_1::{
    AskedFor, HintHeaders, Rule, Safety, hint, is_failure, judge_response, judge_status, wall_clock,
};
