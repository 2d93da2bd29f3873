//! `PackedAttempt`: the number of an attempt, the maximum and two flags in one word.

/// Attempt number, maximum and two flags, packed into one word, so that each poll does a single thread-local
/// store.
///
/// The lower half is the number: 0 if unknown. The maximum has the 30 bits above it; a larger one is
/// [`PackedAttempt::UNLIMITED`]. The flags have the two highest bits, so that one shift reads both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedAttempt(u64);

impl PackedAttempt {
    /// There is no attempt.
    #[cfg(feature = "std")]
    pub(crate) const NONE: Self = Self(0);

    /// The maximum of an attempt whose maximum is unknown, or does not fit.
    pub(crate) const UNLIMITED: u32 = (1 << 30) - 1;

    /// A nested call gave up in this attempt.
    const MARKED: u64 = 1 << 63;
    /// The attempt has a deadline or a call number, which do not fit in here.
    const HAS_SCOPE: u64 = 1 << 62;

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

    /// Returns the maximum; `u32::MAX` for [`PackedAttempt::UNLIMITED`].
    #[cfg(feature = "std")]
    pub(crate) const fn max(self) -> u32 {
        match (self.0 >> 32) as u32 & Self::UNLIMITED {
            Self::UNLIMITED => u32::MAX,
            max => max,
        }
    }

    /// Returns the next attempt of the same call, with clear flags.
    pub(crate) const fn next(self) -> Self {
        // The number has the lowest bits, and never passes `u32::MAX`: no policy allows more attempts. So adding 1
        // does not carry into the maximum.
        Self((self.0 & !(Self::MARKED | Self::HAS_SCOPE)) + 1)
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

    pub(crate) const fn is_marked(self) -> bool {
        self.0 & Self::MARKED > 0
    }

    /// Returns the same attempt, with the flag that it has a [`CallScope`](super::CallScope).
    #[cfg(feature = "std")]
    pub(super) const fn with_scope(self) -> Self {
        Self(self.0 | Self::HAS_SCOPE)
    }

    /// Returns both flags as a number; 0 if this word is the whole state of the attempt.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) const fn flags(self) -> u64 {
        self.0 >> 62
    }
}
