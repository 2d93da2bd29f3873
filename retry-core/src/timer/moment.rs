//! `Moment`: a point in time of every clock.

use core::time::Duration;

/// A point in time, as nanoseconds before or after an epoch.
///
/// The clocks of `std` and tokio share one epoch for the whole process, so that nested calls can keep the deadline
/// of an enclosing call. Your own clock may have any epoch: [`Clock::epoch`](crate::Clock::epoch) says which.
///
/// # Examples
///
/// ```
/// use retryable::Moment;
/// use std::time::Duration;
///
/// let start = Moment::EPOCH;
/// let later = start.after(Duration::from_secs(2));
/// assert_eq!(later.since(start), Duration::from_secs(2));
/// assert_eq!(start.since(later), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The epoch.
    pub const EPOCH: Self = Self(0);

    /// A moment that no clock reaches: no deadline.
    pub(crate) const NEVER: Self = Self(i64::MAX);

    /// Returns the moment that is this much later; at most 292 years after the epoch.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    #[cfg(target_has_atomic = "32")]
    pub(crate) fn nanos(self) -> i64 {
        self.0
    }

    /// Returns the time from `earlier` to this; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        let nanos = i128::from(self.0) - i128::from(earlier.0);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// An instant of `std` as a moment. The epoch is the time of the first conversion.
#[cfg(feature = "std")]
impl From<std::time::Instant> for Moment {
    fn from(instant: std::time::Instant) -> Self {
        use std::sync::OnceLock;
        use std::time::Instant;

        static EPOCH: OnceLock<Instant> = OnceLock::new();
        let epoch = *EPOCH.get_or_init(Instant::now);
        match instant.checked_duration_since(epoch) {
            Some(after) => Self(nanos(after)),
            None => Self(-nanos(epoch.saturating_duration_since(instant))),
        }
    }
}
