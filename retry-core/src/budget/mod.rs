//! Budgets: how many retries a crowd of calls may make together.

#[cfg(feature = "std")]
mod adaptive;
mod bucket;
mod quota;
mod retry_budget;
mod sync;
mod token_ratio;

#[cfg(feature = "std")]
pub use adaptive::AdaptiveThrottle;
pub use bucket::Budget;
pub use quota::RetryQuota;
pub use retry_budget::{NoBudget, RetryBudget};
pub use token_ratio::TokenRatio;
