//! What is current while an attempt is polled or called.

use crate::Moment;

/// An attempt, as code inside of it sees it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "std"),
    expect(dead_code, reason = "nothing can ask for the current attempt")
)]
pub(crate) struct Frame {
    /// 0: there is none, or its number is not known.
    pub(crate) number: u32,
    /// 0: there is none. [`Frame::UNKNOWN`]: of an attempt in another process.
    pub(crate) max: u32,
    /// The identity of the call; 0 until something asks for it.
    pub(crate) call: u64,
    /// The nearest deadline, of this call or of one around it.
    pub(crate) deadline: Moment,
    /// Not 0: a call inside gave up. As wide as the rest, so that there is no padding: its bytes would be
    /// copied in pieces that overlap, which doubles what a poll costs.
    pub(crate) marks: u64,
}

impl Frame {
    pub(crate) const NONE: Self = Self {
        number: 0,
        max: 0,
        call: 0,
        deadline: Moment::NEVER,
        marks: 0,
    };

    /// As the maximum: that of another process.
    #[cfg(feature = "std")]
    pub(crate) const UNKNOWN: u32 = u32::MAX;

    /// The same, with this deadline where it is the nearer one.
    #[cfg(feature = "std")]
    pub(super) fn until(self, around: Moment) -> Self {
        Self {
            deadline: self.deadline.min(around),
            ..self
        }
    }
}
