//! What a failure or a response means for the next attempt.

mod causes;
mod error_type;
mod failure;
#[cfg(test)]
mod failure_table;
mod http2;
mod private_errors;
pub(crate) mod rules;

pub use failure::{Http, classify, explain};

pub(crate) use causes::causes;
pub(crate) use error_type::{BODY, OTHER, TIMEOUT, error_type};
pub(crate) use failure::{judge, judge_first_hop};
pub(crate) use retry_http::__private_0_1::{
    AskedFor, HintHeaders, IDEMPOTENCY_KEY, Rule, Safety, hint, is_failure, judge_status,
};
