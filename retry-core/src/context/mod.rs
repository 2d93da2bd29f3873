//! The current attempt: set while it is polled or called, and restored after.

#[cfg(feature = "std")]
mod attempt;
#[cfg_attr(feature = "std", path = "on_thread.rs")]
#[cfg_attr(not(feature = "std"), path = "no_thread_local.rs")]
mod current;
mod foreign_deadline;
mod frame;
#[cfg(feature = "std")]
mod identity;
mod packed_attempt;
#[cfg(feature = "std")]
mod upstream;

#[cfg(feature = "std")]
pub use attempt::{Attempt, attempt, resend_count};
#[cfg(feature = "std")]
pub use upstream::{Upstream, note_give_up};

pub(crate) use current::{enclosing_deadline, enter, mark_enclosing, unmark_enclosing};
pub(crate) use foreign_deadline::ForeignDeadline;
#[cfg(feature = "std")]
pub(crate) use frame::Frame;
pub(crate) use frame::{AttemptEffects, CallScope};
#[cfg(feature = "test-util")]
pub(crate) use identity::next_call_number;
pub(crate) use packed_attempt::PackedAttempt;

/// The time by the default clock, as deadlines count it: with the waits that calls in a test have skipped.
#[cfg(feature = "std")]
fn now() -> crate::timer::Moment {
    let now = crate::timer::now();
    #[cfg(feature = "test-util")]
    let now = now.after(crate::testing::ahead());
    now
}
