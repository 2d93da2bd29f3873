//! Which errors are worth another attempt: the trait, the impls, and wrappers that set the class in place.

mod causes;
mod classify;
#[cfg(feature = "std")]
mod io;
mod pointers;
mod rule;
mod summary;
mod timed_out;
mod wrappers;

pub use causes::{CauseList, Causes, Opaque, causes};
pub(crate) use causes::{Found, ask, find};
pub use classify::Classify;
pub use rule::Rule;
pub(crate) use rule::{HintedRule, Ladder, Verdict};
pub use summary::Summary;
pub use wrappers::{Classified, ambiguous, permanent, refused, throttled, transient};
