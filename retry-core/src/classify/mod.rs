//! Which errors are worth another attempt: the trait, the impls, and wrappers that say it in place.

mod elapsed;
mod pointers;
mod rule;
mod sources;
mod trait_def;
mod wrappers;

pub(crate) use rule::Hinted;
pub use rule::Rule;
pub use trait_def::Classify;
pub use wrappers::{Classified, ambiguous, permanent, refused, throttled, transient};
