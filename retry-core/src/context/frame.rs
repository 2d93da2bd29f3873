//! What is current while an attempt is polled or called.

use crate::timer::Moment;

/// An attempt, as code inside of it sees it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "std"),
    expect(dead_code, reason = "nothing can ask for the current attempt")
)]
pub(crate) struct Frame {
    pub(crate) brief: Brief,
    pub(crate) rest: Rest,
}

/// What every attempt has, in one word, as every poll writes it: the number of the attempt, the maximum,
/// and two marks.
///
/// The lower half is the number: 0 where it is not known. The maximum has the 30 bits above it, and is
/// [`Brief::UNLIMITED`] where they do not suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Brief(u64);

/// What few attempts have.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "std"),
    expect(dead_code, reason = "nothing can ask for the current attempt")
)]
pub(crate) struct Rest {
    /// The number of the call; 0 until something asks for it.
    pub(crate) call: u64,
    /// The nearest deadline, of this call or of one around it.
    pub(crate) deadline: Moment,
}

/// What code in an attempt has left behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    /// The number of the call, if something has asked for it.
    pub(crate) call: u64,
    /// Whether a call inside gave up.
    pub(crate) marked: bool,
}

impl Brief {
    /// There is no attempt.
    #[cfg(feature = "std")]
    pub(crate) const NONE: Self = Self(0);

    /// As the maximum: more attempts than anybody makes, or nobody here knows how many.
    pub(crate) const UNLIMITED: u32 = (1 << 30) - 1;

    const MARKED: u64 = 1 << 63;
    const REST: u64 = 1 << 62;

    pub(crate) const fn new(number: u32, max: u32) -> Self {
        let max = if max < Self::UNLIMITED {
            max
        } else {
            Self::UNLIMITED
        };
        Self(number as u64 | (max as u64) << 32)
    }

    pub(crate) const fn number(self) -> u32 {
        (self.0 & 0xffff_ffff) as u32
    }

    /// `u32::MAX` for [`Brief::UNLIMITED`].
    #[cfg(feature = "std")]
    pub(crate) const fn max(self) -> u32 {
        match (self.0 >> 32) as u32 & Self::UNLIMITED {
            Self::UNLIMITED => u32::MAX,
            max => max,
        }
    }

    /// The next attempt of the same call, in which no call has given up.
    pub(crate) const fn next(self) -> Self {
        Self((self.0 & !(Self::MARKED | Self::REST)) + 1)
    }

    /// The attempt before this one, as this one was not made.
    pub(crate) const fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// A call inside gave up.
    #[must_use]
    pub(crate) const fn marked(self, marked: bool) -> Self {
        if marked {
            Self(self.0 | Self::MARKED)
        } else {
            Self(self.0 & !Self::MARKED)
        }
    }

    pub(crate) const fn is_marked(self) -> bool {
        self.0 & Self::MARKED > 0
    }

    /// There is more to it than is in this word.
    #[cfg(feature = "std")]
    pub(super) const fn not_plain(self) -> Self {
        Self(self.0 | Self::REST)
    }

    /// 0 where it is plain: there is nothing to it but a number and a maximum.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) const fn beyond(self) -> u64 {
        self.0 >> 62
    }
}

impl Rest {
    /// No identity, and no deadline.
    #[cfg(feature = "std")]
    pub(crate) const CLEAR: Self = Self {
        call: 0,
        deadline: Moment::NEVER,
    };

    /// 0 where it is clear.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.call | self.deadline.before_never()
    }
}
