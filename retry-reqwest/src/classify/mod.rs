//! What a failure or a response means for the next attempt.

mod asked_for;
mod causes;
mod error_type;
mod failure;
#[cfg(test)]
mod failure_table;
mod hint_headers;
mod hints;
mod http2;
mod private_errors;
pub(crate) mod rules;
mod safety;
mod status;

pub use failure::{Http, classify, explain};
pub use hints::retry_after;
pub use rules::Verdict;
pub use status::{classify_status, explain_status};

pub(crate) use asked_for::AskedFor;
pub(crate) use causes::causes;
pub(crate) use error_type::{BODY, OTHER, TIMEOUT, error_type};
pub(crate) use failure::{judge, judge_first_hop};
pub(crate) use hint_headers::HintHeaders;
pub(crate) use hints::hint;
pub(crate) use rules::Rule;
pub(crate) use safety::{IDEMPOTENCY_KEY, Safety};
pub(crate) use status::{is_failure, judge_status};
