//! Request bodies that can be resent.

mod buffered;
mod file;
mod file_body;
mod make_body;
mod not_replayable;
mod replay_body;
mod replay_buffer;
mod tee_source;

pub use make_body::MakeBody;
pub use not_replayable::{NotReplayable, clone_request};
pub use replay_body::ReplayBody;

#[cfg(feature = "blocking")]
pub(crate) use file::FileReader;
#[cfg(feature = "blocking")]
pub(crate) use tee_source::{NextBytes, TeeSource};

/// An error of the caller's own code.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
