//! Attempts know where they are: what is set while one is polled or called, and restored after.

#[cfg(feature = "std")]
mod attempt;
#[cfg_attr(feature = "std", path = "on_thread.rs")]
#[cfg_attr(not(feature = "std"), path = "nowhere.rs")]
mod current;
mod frame;
#[cfg(feature = "std")]
mod identity;
#[cfg(feature = "std")]
mod upstream;

#[cfg(feature = "std")]
pub use attempt::{Attempt, attempt};
#[cfg(feature = "std")]
pub use upstream::{Upstream, note_give_up};

pub(crate) use current::{around_deadline, enter, mark_around};
pub(crate) use frame::{Brief, Frame, Left, Rest};
