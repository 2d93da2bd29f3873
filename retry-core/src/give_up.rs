//! Why a call gave up (`GiveUp`), and its attempts and times (`Report`).

use core::fmt;
use core::time::Duration;

/// Why no further attempt was made.
///
/// The returned error is the caller's own, unchanged. Events, [`Retry`](crate::Retry) and [`Report`] have the
/// reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GiveUp {
    /// The policy does not retry the class of the failure, or the loop cannot make a further attempt
    /// ([`Retry::stop`](crate::Retry::stop)).
    NotRetryable,
    /// The attempts are used up, or the backoff has no further delay.
    Exhausted,
    /// A nested retry had already given up in the attempt.
    Nested,
    /// The server asked for a longer wait than the policy allows.
    HintTooLong,
    /// The wait would have reached the deadline, or it ended too late, or the deadline had passed before the
    /// first attempt.
    Deadline,
    /// The wait would have passed [`max_elapsed`](crate::Policy::max_elapsed), or it ended too late.
    MaxElapsed,
    /// The budget for retries is empty.
    Budget,
}

impl GiveUp {
    /// Returns the reason as one fixed word: for labels of metrics and fields of logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::Exhausted => "exhausted",
            Self::Nested => "nested",
            Self::HintTooLong => "hint_too_long",
            Self::Deadline => "deadline",
            Self::MaxElapsed => "max_elapsed",
            Self::Budget => "budget",
        }
    }
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRetryable => "not retryable",
            Self::Exhausted => "attempts exhausted",
            Self::Nested => "a nested retry gave up",
            Self::HintTooLong => "the server asked for too long a wait",
            Self::Deadline => "the deadline would have passed",
            Self::MaxElapsed => "`max_elapsed` would have passed",
            Self::Budget => "the retry budget is empty",
        })
    }
}

/// For errors that keep the reason as their source.
impl core::error::Error for GiveUp {}

/// The attempts and times of a call, whether it succeeded or not.
///
/// # Examples
///
/// ```
/// use retryable::Report;
/// use std::time::Duration;
///
/// // In a test: the default is that of a call that has not begun, and the fields are public.
/// let mut report = Report::default();
/// (report.attempts, report.elapsed) = (2, Duration::from_secs(3));
/// assert_eq!(report.to_string(), "2 attempts in 3s, 0ns of it between attempts");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The number of attempts made, the first included.
    pub attempts: u32,
    /// The time from the start of the first attempt to the end of the last, waits included.
    pub elapsed: Duration,
    /// The sum of all waits between attempts.
    pub slept: Duration,
    /// Why no further attempt was made; `None` if the last one succeeded.
    pub gave_up: Option<GiveUp>,
}

/// One line for logs: `3 attempts in 1.2s, 300ms of it between attempts; gave up: attempts exhausted`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            attempts,
            elapsed,
            slept,
            gave_up,
        } = self;
        let plural = if *attempts == 1 { "" } else { "s" };
        write!(f, "{attempts} attempt{plural} in {elapsed:?}")?;
        if *attempts > 1 {
            write!(f, ", {slept:?} of it between attempts")?;
        }
        match gave_up {
            Some(reason) => write!(f, "; gave up: {reason}"),
            None => Ok(()),
        }
    }
}
