//! Policies: what to retry, how often, how long, as values.

// First, because rustdoc keeps this order: the page of `Policy` opens with its constructors.
mod policy;

mod as_policy;
mod attempt_limit;
#[cfg(feature = "alloc")]
mod dyn_policy;
mod erased;
mod nested;
mod setters;
mod settings;

pub use as_policy::AsPolicy;
pub use attempt_limit::{
    AttemptLimit, BlockingLimit, Limited, SoftLimit, TimeLimit, Timed, Unlimited,
};
#[cfg(feature = "alloc")]
pub use dyn_policy::DynPolicy;
pub use erased::{AnyPolicy, Erased, ErasedLimit, PolicyView};
pub use nested::Nested;
pub use policy::{BudgetedPolicy, Policy};

pub(crate) use settings::Settings;
