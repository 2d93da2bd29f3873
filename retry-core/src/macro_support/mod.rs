//! What the code that `#[retryable]` and `#[derive(Classify)]` generate calls. Not public API: it changes with the
//! macros.

mod attempt;
mod by_policy;
mod call;
mod checked;
mod derive;
pub mod exports;
mod fallback;
mod known_rules;
mod outcome;
mod time_limit;
mod timer;
