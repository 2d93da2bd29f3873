//! What a failure means for the next attempt (`Class`), and which classes a policy retries (`On`).

use core::fmt;
use core::time::Duration;

/// What a failure means for the next attempt.
///
/// A class says two things: whether another attempt could end differently, and whether this one may already have
/// taken effect. [`On`] sets how far down this ladder a policy retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Another attempt would fail the same way: a bad request, a missing record, a bug.
    Permanent,
    /// The attempt may have taken effect, and repeating it is not known to be safe: a `POST` without a
    /// response.
    Ambiguous,
    /// A temporary fault, and repeating is safe.
    Transient,
    /// The server asked to slow down, and did not process the attempt.
    Throttled {
        /// How long the server asked to wait, if it did. Bounded by
        /// [`Policy::max_retry_after`](crate::Policy::max_retry_after).
        retry_after: Option<Duration>,
    },
    /// The attempt never reached the server, or was certainly not processed.
    Refused,
}

impl Class {
    /// Returns the class as one fixed word, without the hint: for labels of metrics and fields of logs.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Class;
    /// use std::time::Duration;
    ///
    /// let class = Class::Throttled { retry_after: Some(Duration::from_secs(1)) };
    /// assert_eq!(class.name(), "throttled");
    /// assert_eq!(class.to_string(), "throttled for 1s");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::Ambiguous => "ambiguous",
            Self::Transient => "transient",
            Self::Throttled { .. } => "throttled",
            Self::Refused => "refused",
        }
    }

    /// Returns how long the server asked to wait, if the class says so. An error of any other class may
    /// have a hint too: [`Classify::retry_after`](crate::Classify::retry_after).
    pub const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } => retry_after,
            _ => None,
        }
    }
}

/// `true` is [`Class::Transient`], `false` is [`Class::Permanent`], so that a plain predicate can
/// be used as a classifier.
impl From<bool> for Class {
    fn from(retry: bool) -> Self {
        if retry {
            Self::Transient
        } else {
            Self::Permanent
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self.retry_after() {
            Some(after) => write!(f, " for {after:?}"),
            None => Ok(()),
        }
    }
}

/// How far down the ladder of [`Class`]es a policy retries. Each rung includes the ones before it.
///
/// | rung | retries |
/// |---|---|
/// | [`Refused`](On::Refused) | `Refused`, `Throttled` |
/// | [`Transient`](On::Transient), the default | the above, and `Transient` |
/// | [`Ambiguous`](On::Ambiguous) | the above, and `Ambiguous` |
/// | [`Any`](On::Any) | every error |
///
/// # Examples
///
/// ```
/// use retryable::{Class, On};
///
/// assert!(On::Refused.retries(Class::Throttled { retry_after: None }));
/// assert!(!On::Refused.retries(Class::Transient));
/// assert!(On::Transient.retries(Class::Transient));
/// assert!(On::Any.retries(Class::Permanent));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum On {
    /// Failures after which the call was certainly not processed: right for calls that must not happen twice.
    Refused,
    /// Also temporary faults of calls that are safe to repeat.
    #[default]
    Transient,
    /// Also failures after which it is unknown whether the call took effect.
    Ambiguous,
    /// Every error, permanent ones included.
    Any,
}

impl On {
    /// Returns whether a failure of this class is retried.
    pub const fn retries(self, class: Class) -> bool {
        let lowest = match class {
            Class::Refused | Class::Throttled { .. } => Self::Refused,
            Class::Transient => Self::Transient,
            Class::Ambiguous => Self::Ambiguous,
            Class::Permanent => Self::Any,
        };
        self as u8 >= lowest as u8
    }
}
