//! Policies: what to retry, how often, how long, as values.

mod as_policy;
mod def;
#[cfg(feature = "alloc")]
mod dyn_policy;
mod erased;
mod invalid;
mod limit;
mod nested;
mod parts;
mod schedule;
mod settings;

pub use as_policy::AsPolicy;
pub use def::{BudgetedPolicy, Policy};
#[cfg(feature = "alloc")]
pub use dyn_policy::DynPolicy;
pub use erased::{AnyPolicy, Erased, ErasedLimit, PolicyView};
pub use invalid::InvalidPolicy;
pub use limit::{
    AttemptLimit, BlockingLimit, FromTimedOut, Limited, SoftLimit, TimeLimit, Timed, TimedOut,
    Unlimited,
};
pub use nested::Nested;
pub use schedule::Schedule;

pub(crate) use invalid::valid;
pub(crate) use settings::Settings;
