//! `Frame`: what is current while an attempt is polled or called.

#[cfg(feature = "std")]
use super::PackedAttempt;
use crate::timer::Moment;

/// An attempt, as the code in it sees it.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) packed: PackedAttempt,
    pub(crate) scope: CallScope,
}

/// Call number and deadline. Kept apart, because most attempts have neither.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "std"),
    expect(dead_code, reason = "nothing can ask for the current attempt")
)]
pub(crate) struct CallScope {
    /// The number of the call, from which its id is computed; 0 until code asks for it.
    pub(crate) call_number: u64,
    /// The nearest deadline, of this call or of an enclosing one.
    pub(crate) deadline: Moment,
}

/// What code in an attempt left behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptEffects {
    /// The number of the call, if code has asked for it.
    pub(crate) call_number: u64,
    /// Whether a nested call gave up.
    pub(crate) marked: bool,
}

#[cfg(feature = "std")]
impl CallScope {
    /// Neither a call number nor a deadline.
    pub(crate) const CLEAR: Self = Self {
        call_number: 0,
        deadline: Moment::NEVER,
    };
}
