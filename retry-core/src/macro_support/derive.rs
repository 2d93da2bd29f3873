//! What the code that `#[derive(Classify)]` generates calls.

use core::time::Duration;

use super::checked::IntoClass;
use crate::class::Class;
use crate::classify::Classify;

/// The field of `#[classify(inner)]`.
///
/// Class, hint and type are asked in three methods. All go through this one function, so that a type which does
/// not implement `Classify` gets the same message each time, which the compiler shows once.
#[derive(Debug)]
pub struct Inner<'e, E: ?Sized> {
    error: &'e E,
    class: fn(&E) -> Class,
    retry_after: fn(&E) -> Option<Duration>,
    error_type: fn(&E) -> Option<&str>,
}

/// A field of `#[classify(inner)]`, which classifies itself.
pub fn inner<E, V>(error: &E) -> Inner<'_, E>
where
    E: Classify<V> + ?Sized,
    V: ?Sized,
{
    Inner {
        error,
        class: E::classify,
        retry_after: E::retry_after,
        error_type: E::error_type,
    }
}

impl<'e, E: ?Sized> Inner<'e, E> {
    /// Returns its class.
    pub fn class(&self) -> Class {
        (self.class)(self.error)
    }

    /// Returns its hint.
    pub fn retry_after(&self) -> Option<Duration> {
        (self.retry_after)(self.error)
    }

    /// Returns what logs and metrics call it.
    pub fn error_type(&self) -> Option<&'e str> {
        (self.error_type)(self.error)
    }
}

/// Calls the classifier of `#[classify(with = path)]`.
pub fn classify_with<E: ?Sized, C: IntoClass>(error: &E, classifier: impl Fn(&E) -> C) -> Class {
    classifier(error).into()
}

/// Makes the class of `#[classify(throttled, retry_after = field)]`.
pub fn throttled(retry_after: &impl RetryAfter) -> Class {
    Class::Throttled {
        retry_after: retry_after.duration(),
    }
}

/// The type of the field of `retry_after = field`.
#[diagnostic::on_unimplemented(
    message = "`retry_after` reads a `Duration` or an `Option<Duration>`, not `{Self}`",
    label = "this is not a `Duration`"
)]
pub trait RetryAfter {
    /// Returns the wait, if there is one.
    fn duration(&self) -> Option<Duration>;
}

impl RetryAfter for Duration {
    fn duration(&self) -> Option<Duration> {
        Some(*self)
    }
}

impl RetryAfter for Option<Duration> {
    fn duration(&self) -> Option<Duration> {
        *self
    }
}
