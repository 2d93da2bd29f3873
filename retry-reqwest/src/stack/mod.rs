//! Retrying inside a stack of other code: as a middleware, and as a layer.

mod forward;
#[cfg(feature = "tower")]
mod layer;
#[cfg(feature = "middleware")]
mod middleware;

#[cfg(feature = "tower")]
pub use layer::{RetryLayer, RetryService};
#[cfg(feature = "middleware")]
pub use middleware::RetryMiddleware;
