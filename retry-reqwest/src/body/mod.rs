//! Request bodies that can be resent.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod buffered;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod file;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod file_body;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod make_body;
#[cfg_attr(
    all(target_family = "wasm", target_os = "unknown"),
    allow(dead_code, reason = "no body is resent in a browser")
)]
mod not_replayable;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod replay_body;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod replay_buffer;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod tee_source;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use make_body::MakeBody;
pub use not_replayable::{NotReplayable, clone_request};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use replay_body::ReplayBody;

#[cfg(all(
    feature = "blocking",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) use file::FileReader;
#[cfg(all(
    feature = "blocking",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(crate) use tee_source::{NextBytes, TeeSource};

/// An error of the caller's own code.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
