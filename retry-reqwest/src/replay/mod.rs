//! Sending a body again.

mod body;
mod buffered;
mod copied;
mod file;
mod file_body;
mod kept;
mod make;
mod not_replayable;

pub use body::ReplayBody;
pub use make::MakeBody;
pub use not_replayable::{NotReplayable, clone_request};

#[cfg(feature = "blocking")]
pub(crate) use copied::{Copied, Next};
#[cfg(feature = "blocking")]
pub(crate) use file::FileReader;

/// An error of the caller's own code.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
