//! Budgets: how many retries a crowd of calls may make together.
//!
//! Those that are here compare and swap. A processor that cannot, such as a Cortex-M0, has [`NoBudget`] and budgets of
//! the user's own.

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
