//! Sending a body again.

mod body;
mod buffered;

mod file;
mod kept;
mod make;
mod not_replayable;

pub use body::ReplayBody;
pub use make::MakeBody;
pub use not_replayable::{NotReplayable, clone_request};

/// An error of the caller's own code.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
