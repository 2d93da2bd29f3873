//! `PackedAttempt`: the number of an attempt, the maximum and three flags in one word.

use super::AttemptEffects;

/// Attempt number, maximum and three flags, packed into one word, so that each poll does a single thread-local
/// store.
///
/// The lower half is the number: 0 if unknown. The maximum has the 29 bits above it; a larger one is
/// [`PackedAttempt::UNLIMITED`]. The flags have the highest bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedAttempt(u64);

impl PackedAttempt {
    /// There is no attempt.
    #[cfg(feature = "std")]
    pub(crate) const NONE: Self = Self(0);

    /// The maximum of an attempt whose maximum is unknown, or does not fit.
    pub(crate) const UNLIMITED: u32 = (1 << 29) - 1;

    /// The attempt has a deadline or a call number, which do not fit in here. The sign bit, which takes one instruction
    /// to test.
    const HAS_SCOPE: u64 = 1 << 63;
    /// The scope is set on this thread, and must be restored. Only the current attempt has this flag, so that the word
    /// of an attempt in a scope differs from the word with which the attempt began.
    #[cfg(feature = "std")]
    const IN_SCOPE: u64 = 1 << 62;
    /// A nested call gave up in this attempt.
    const MARKED: u64 = 1 << 61;

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

    /// Returns the same attempt with another number.
    #[cfg(feature = "std")]
    pub(super) const fn numbered(self, number: u32) -> Self {
        Self(self.0 & !0xffff_ffff | number as u64)
    }

    /// Returns the maximum; `u32::MAX` for [`PackedAttempt::UNLIMITED`].
    #[cfg(feature = "std")]
    pub(crate) const fn max(self) -> u32 {
        match (self.0 >> 32) as u32 & Self::UNLIMITED {
            Self::UNLIMITED => u32::MAX,
            max => max,
        }
    }

    /// Whether the maximum is not 0.
    #[inline]
    pub(crate) const fn has_max(self) -> bool {
        self.0 >> 32 & Self::UNLIMITED as u64 > 0
    }

    /// Returns the next attempt of the same call, without a mark.
    pub(crate) const fn next(self) -> Self {
        // The number has the lowest bits, and never passes `u32::MAX`: no policy allows more attempts. So adding 1
        // does not carry into the maximum.
        Self((self.0 & !Self::MARKED) + 1)
    }

    /// Returns the attempt before this one, which was not made.
    pub(crate) const fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// Returns the same attempt, with or without the mark that a nested call gave up.
    #[must_use]
    pub(crate) const fn marked(self, marked: bool) -> Self {
        if marked {
            Self(self.0 | Self::MARKED)
        } else {
            Self(self.0 & !Self::MARKED)
        }
    }

    /// Returns the same attempt after code in it has left this behind.
    pub(crate) const fn after(self, effects: AttemptEffects) -> Self {
        let packed = self.marked(effects.marked);
        if effects.call_number > 0 {
            packed.with_scope()
        } else {
            packed
        }
    }

    pub(crate) const fn is_marked(self) -> bool {
        self.0 & Self::MARKED > 0
    }

    /// Returns the same attempt, with the flag that it has a [`CallScope`](super::CallScope).
    #[must_use]
    pub(crate) const fn with_scope(self) -> Self {
        Self(self.0 | Self::HAS_SCOPE)
    }

    /// Returns the same attempt, as it is while its scope is set on this thread.
    #[cfg(feature = "std")]
    pub(super) const fn in_scope(self) -> Self {
        Self(self.0 | Self::HAS_SCOPE | Self::IN_SCOPE)
    }

    /// Returns whether this attempt or `other` has a scope: one branch for both.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) const fn or_has_scope(self, other: Self) -> bool {
        (self.0 | other.0) & Self::HAS_SCOPE > 0
    }
}
