//! Settings that make no sense.

use core::error::Error;
use core::fmt;

/// A setting that makes no sense. Returned by the `try_` setters, which take values from
/// configuration; their plain twins panic with the same words, which in a `const` is a compile error.
///
/// # Examples
///
/// ```
/// use retry_core::{InvalidPolicy, Policy};
///
/// let from_configuration = 0;
/// let error = Policy::new().try_max_attempts(from_configuration).unwrap_err();
/// assert_eq!(error, InvalidPolicy::MaxAttempts);
/// assert_eq!(error.to_string(), "`max` counts the first call too, so it must be at least 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidPolicy {
    /// No attempt at all.
    MaxAttempts,
    /// A factor below 1, infinite, or not a number.
    Factor,
    /// A cap below the first delay.
    Cap,
    /// A [`Jitter::Proportional`](crate::Jitter::Proportional) outside `0.0..=1.0`.
    Proportion,
    /// A budget whose ratio is outside `0.0..=1000.0`.
    Ratio,
}

impl InvalidPolicy {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::MaxAttempts => "`max` counts the first call too, so it must be at least 1",
            Self::Factor => "the factor of a backoff must be a finite number of at least 1",
            Self::Cap => "the cap of a backoff must not be below its first delay",
            Self::Proportion => "a proportional jitter must be in 0.0..=1.0",
            Self::Ratio => "the ratio of a budget must be in 0.0..=1000.0",
        }
    }
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl Error for InvalidPolicy {}

/// The value, or a panic: the difference between a checked setter and its plain twin.
#[track_caller]
pub(crate) const fn valid<T: Copy>(checked: Result<T, InvalidPolicy>) -> T {
    match checked {
        Ok(value) => value,
        Err(error) => panic!("{}", error.message()),
    }
}
