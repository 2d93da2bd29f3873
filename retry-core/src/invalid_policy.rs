//! `InvalidPolicy`: settings that make no sense.

use core::error::Error;
use core::fmt;

/// A setting that makes no sense. Returned by the `try_` setters, which take values from configuration.
///
/// The setters without `try_` panic with the same message. In a `const`, this is a compile error.
///
/// # Examples
///
/// ```
/// use retryable::{InvalidPolicy, Policy};
///
/// let from_configuration = 0;
/// let error = Policy::new().try_max_attempts(from_configuration).unwrap_err();
/// assert_eq!(error, InvalidPolicy::MaxAttempts);
/// assert_eq!(
///     error.to_string(),
///     "`max_attempts` counts the first attempt too, so it must be at least 1",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidPolicy {
    /// No attempt at all.
    MaxAttempts,
    /// A factor below 1, infinite, or not a number.
    Factor,
    /// A [`GrpcBackoff`](crate::presets::GrpcBackoff) whose multiplier is not a finite number above 0.
    Multiplier,
    /// A cap below the first delay.
    Cap,
    /// A floor above the cap.
    Floor,
    /// A throttled base below the first delay, or above the cap.
    ThrottledBase,
    /// A list of delays that has none: [`RepeatLast`](crate::backoff::RepeatLast).
    NoDelays,
    /// A [`Jitter::Proportional`](crate::Jitter::Proportional) outside `0.0..=1.0`.
    Proportion,
    /// A [`Budget`](crate::Budget) whose ratio is outside `0.0..=1000.0`.
    Ratio,
    /// A [`TokenRatio`](crate::TokenRatio) whose `max_tokens` is outside `1..=1000`.
    MaxTokens,
    /// A [`TokenRatio`](crate::TokenRatio) whose `token_ratio` is outside `0.001..=1000.0`.
    TokensPerSuccess,
    /// An `AdaptiveThrottle` whose `k` is below 1, infinite, or not a number.
    K,
    /// An `AdaptiveThrottle` whose window is zero.
    Window,
}

impl InvalidPolicy {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::MaxAttempts => {
                "`max_attempts` counts the first attempt too, so it must be at least 1"
            }
            Self::Factor => "the factor of a backoff must be a finite number of at least 1",
            Self::Multiplier => "the multiplier of a `GrpcBackoff` must be a finite number above 0",
            Self::Cap => "the cap of a backoff must not be below its first delay",
            Self::Floor => {
                "the floor of a backoff must not be above its cap, which is 20s if none is set before it"
            }
            Self::ThrottledBase => {
                "the throttled base of a backoff must be between its first delay and its cap, which is 20s if none is set \
                 before it"
            }
            Self::NoDelays => "a list of delays must have at least one",
            Self::Proportion => "a proportional jitter must be in 0.0..=1.0",
            Self::Ratio => "the ratio of a budget must be in 0.0..=1000.0",
            Self::MaxTokens => "the `max_tokens` of a `TokenRatio` must be in 1..=1000",
            Self::TokensPerSuccess => {
                "the `token_ratio` of a `TokenRatio` must be in 0.001..=1000.0"
            }
            Self::K => "the `k` of an `AdaptiveThrottle` must be a finite number of at least 1.0",
            Self::Window => "the `window` of an `AdaptiveThrottle` must be longer than zero",
        }
    }
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl Error for InvalidPolicy {}

/// Returns the value, or panics: the difference between a plain setter and its `try_` form.
#[track_caller]
pub(crate) const fn valid<T: Copy>(checked: Result<T, InvalidPolicy>) -> T {
    match checked {
        Ok(value) => value,
        Err(error) => panic!("{}", error.message()),
    }
}
