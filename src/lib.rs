//! Retries at the right time, for the right errors, in the right way.

pub use retry_core::*;
pub use retry_macros::{Classify, retryable};
#[cfg(feature = "reqwest")]
pub use retry_reqwest as http;

#[doc(hidden)]
pub use retry_core::__private;
