//! Overrides by name, and how a call applies them.

mod installed;
mod overrides;
mod pattern;
mod pinned;
mod site;

pub use installed::{NotApplied, known_names, not_applied};
pub use overrides::Overrides;

pub(crate) use installed::{is_installed, remember};
pub(crate) use pinned::Pinned;
