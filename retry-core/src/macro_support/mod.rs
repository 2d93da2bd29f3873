//! What the code that `#[retryable]` and `#[derive(Classify)]` generate calls. Not public API: it changes with the
//! macros.

mod attempt;
mod by_policy;
mod call;
mod checked;
mod derive;
mod known_rules;
mod outcome;
mod time_limit;

pub use attempt::*;
pub use by_policy::*;
pub use call::*;
pub use checked::*;
pub use derive::*;
pub use known_rules::*;
pub use outcome::*;
pub use time_limit::*;

pub use core::time::Duration;

pub use crate::backoff::decorrelated::Decorrelated;
pub use crate::backoff::exponential::Exponential;
pub use crate::backoff::fibonacci::Fibonacci;
pub use crate::backoff::fixed::Fixed;
pub use crate::backoff::from_fn;
pub use crate::backoff::jitter::Jitter;
pub use crate::backoff::linear::Linear;
pub use crate::backoff::lists::NoDelay;
#[cfg(target_has_atomic = "32")]
pub use crate::budget::Budget;
pub use crate::budget::NoBudget;
pub use crate::class::{Class, On};
pub use crate::classify::Classify;
pub use crate::driver::{CallState, Hooks, NoHook, Untimed};
pub use crate::policy::{AsPolicy, Nested, Policy, SoftLimit, TimeLimit, Unlimited};
pub use crate::timed_out::TimedOut;
pub use crate::timer::DefaultTimer;
