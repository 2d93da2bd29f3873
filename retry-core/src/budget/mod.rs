//! Budgets: how many retries a crowd of calls may make together.

#[cfg(feature = "std")]
mod adaptive;
mod bucket;
mod quota;
mod sync;
mod throttle;
mod token_ratio;

#[cfg(feature = "std")]
pub use adaptive::AdaptiveThrottle;
pub use bucket::Budget;
pub use quota::RetryQuota;
pub use throttle::{NoThrottle, Throttle};
pub use token_ratio::TokenRatio;
