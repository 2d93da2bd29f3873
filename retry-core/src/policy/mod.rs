//! Policies: what to retry, how often, how long, as values.

mod def;
mod invalid;
mod limit;
mod nested;
mod parts;
mod schedule;
mod settings;

pub use def::{BudgetedPolicy, Policy};
pub use invalid::InvalidPolicy;
pub use limit::{
    AttemptLimit, BlockingLimit, FromTimedOut, Limited, SoftLimit, TimeLimit, Timed, TimedOut,
    Unlimited,
};
pub use nested::Nested;
pub use schedule::Schedule;

pub(crate) use invalid::valid;
pub(crate) use settings::Settings;
