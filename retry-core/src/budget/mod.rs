//! Budgets: how many retries all calls may make together.
//!
//! These budgets need compare-and-swap. On a processor without it, such as a Cortex-M0, there are [`NoBudget`] and
//! the user's own budgets.

#[cfg(feature = "std")]
mod adaptive;
#[cfg(target_has_atomic = "32")]
mod bucket;
#[cfg(target_has_atomic = "32")]
mod quota;
mod retry_budget;
#[cfg(target_has_atomic = "32")]
mod sync;
#[cfg(target_has_atomic = "32")]
mod token_ratio;

#[cfg(feature = "std")]
pub use adaptive::AdaptiveThrottle;
#[cfg(target_has_atomic = "32")]
pub use bucket::Budget;
#[cfg(target_has_atomic = "32")]
pub use quota::RetryQuota;
pub use retry_budget::{NoBudget, RetryBudget};
#[cfg(target_has_atomic = "32")]
pub use token_ratio::TokenRatio;
