//! Attempts know where they are: what is set while one is polled or called, and restored after.

#[cfg(feature = "std")]
mod attempt;
#[cfg_attr(feature = "std", path = "on_thread.rs")]
#[cfg_attr(not(feature = "std"), path = "nowhere.rs")]
mod current;
mod frame;
mod scope;
#[cfg(feature = "std")]
mod upstream;

#[cfg(feature = "std")]
pub use attempt::{Attempt, attempt};
#[cfg(feature = "std")]
pub use upstream::{Upstream, note_give_up};

pub(crate) use frame::Frame;
#[cfg(feature = "std")]
use scope::enter;
pub(crate) use scope::{InAttempt, around_deadline, mark_around, within};
