//! All names that generated code may use.

pub use super::attempt::*;
pub use super::by_policy::*;
pub use super::call::*;
pub use super::checked::*;
pub use super::derive::*;
pub use super::fallback::*;
pub use super::known_rules::*;
pub use super::outcome::*;
pub use super::time_limit::*;
pub use super::timer::*;

pub use core::any::type_name;
pub use core::time::Duration;

pub use crate::backoff::decorrelated::Decorrelated;
pub use crate::backoff::exponential::Exponential;
pub use crate::backoff::fibonacci::Fibonacci;
pub use crate::backoff::fixed::Fixed;
pub use crate::backoff::from_fn;
pub use crate::backoff::jitter::Jitter;
pub use crate::backoff::linear::Linear;
pub use crate::backoff::no_delay::NoDelay;
#[cfg(target_has_atomic = "32")]
pub use crate::budget::Budget;
pub use crate::budget::NoBudget;
pub use crate::class::{Class, On};
pub use crate::classify::Classify;
pub use crate::driver::{CallState, Hooks, NoHook};
pub use crate::measure::{Measure, Untimed};
pub use crate::policy::{AsPolicy, Name, Nested, Policy, SoftLimit, TimeLimit, Unlimited};
pub use crate::timed_out::TimedOut;
pub use crate::timer::DefaultTimer;
