//! Errors with a class that is set in place: `transient(error)`, `permanent(error)` and others.

use core::error::Error;
use core::fmt;
use core::time::Duration;

use super::Classify;
use crate::class::Class;

/// An error with a class that was set in place. Made by [`transient`], [`permanent`], [`refused`], [`ambiguous`] and
/// [`throttled`].
///
/// [`Display`](fmt::Display) and [`source`](Error::source) are those of the inner error.
///
/// # Examples
///
/// ```
/// use retryable::{Class, Classified, Classify, permanent, transient};
///
/// fn parse(line: &str) -> Result<u32, Classified<std::num::ParseIntError>> {
///     if line.is_empty() {
///         // The writer has not finished the line yet.
///         return line.parse().map_err(transient);
///     }
///     line.parse().map_err(permanent)
/// }
///
/// assert_eq!(parse("").unwrap_err().classify(), Class::Transient);
/// assert_eq!(parse("x").unwrap_err().classify(), Class::Permanent);
/// assert_eq!(parse("x").unwrap_err().to_string(), "invalid digit found in string");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Classified<E> {
    error: E,
    class: Class,
}

impl<E> Classified<E> {
    /// Makes an error with this class.
    pub const fn new(error: E, class: Class) -> Self {
        Self { error, class }
    }

    /// Returns the class.
    pub const fn class(&self) -> Class {
        self.class
    }

    /// Returns the inner error.
    pub const fn get_ref(&self) -> &E {
        &self.error
    }

    /// Returns the inner error by value.
    pub fn into_inner(self) -> E {
        self.error
    }
}

impl<E> Classify for Classified<E> {
    fn classify(&self) -> Class {
        self.class
    }

    /// The path of the type of the error inside, which may not implement [`Classify`] itself.
    fn error_type(&self) -> Option<&str> {
        Some(core::any::type_name::<E>())
    }
}

impl<E: fmt::Display> fmt::Display for Classified<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<E: Error> Error for Classified<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// Marks an error as a temporary fault: [`Class::Transient`].
pub const fn transient<E>(error: E) -> Classified<E> {
    Classified::new(error, Class::Transient)
}

/// Marks an error as final: [`Class::Permanent`].
pub const fn permanent<E>(error: E) -> Classified<E> {
    Classified::new(error, Class::Permanent)
}

/// Marks an error whose call was certainly not processed: [`Class::Refused`].
pub const fn refused<E>(error: E) -> Classified<E> {
    Classified::new(error, Class::Refused)
}

/// Marks an error whose call may have taken effect: [`Class::Ambiguous`].
pub const fn ambiguous<E>(error: E) -> Classified<E> {
    Classified::new(error, Class::Ambiguous)
}

/// Marks an error as a request to slow down: [`Class::Throttled`]. `after` is how long the server asked to wait, a
/// `Duration` or an `Option<Duration>`.
pub fn throttled<E>(error: E, after: impl Into<Option<Duration>>) -> Classified<E> {
    let retry_after = after.into();
    Classified::new(error, Class::Throttled { retry_after })
}
