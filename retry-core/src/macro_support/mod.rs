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

pub use crate::backoff::from_fn;
pub use crate::driver::{Call, Hooks, NoHook, Untimed};
pub use crate::policy::{AsPolicy, SoftLimit, TimeLimit, Unlimited};
pub use crate::{
    Budget, Class, Classify, Decorrelated, DefaultTimer, Exponential, Fibonacci, Fixed, Jitter,
    Linear, Nested, NoBudget, NoDelay, On, Policy, TimedOut,
};
