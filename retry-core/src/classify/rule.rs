//! How a policy gets from an error to a class: the ladder, or a classifier of the caller's.

use core::fmt;
use core::time::Duration;

use super::Classify;
use crate::class::{Class, On};

/// What a policy decides by: an [`On`] ([`Policy::on`](crate::Policy::on)), or a `Fn(&E) -> impl Into<Class>`
/// ([`Policy::on_error`](crate::Policy::on_error)).
///
/// `Via` is that of [`Classify`], and is inferred. A rule for an error type that implements `Classify` itself is a
/// `Rule<E>`.
#[diagnostic::on_unimplemented(
    message = "this policy does not know which values of `{E}` are worth another attempt",
    note = "if the type is yours, write `#[derive(Classify)]` on it, or `impl Classify for {E}`",
    note = "if it is of another crate, classify it by a marker type of yours: `struct Marker; impl Classify<Marker> for {E}`; or give the policy a classifier: `policy.on_error(|error: &{E}| true)`",
    note = "if it hides which error is in it, as `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` do, list the types to look for: `policy.on_error(causes::<(ApiError, std::io::Error)>())`"
)]
pub trait Rule<E: ?Sized, Via: ?Sized = ()> {
    /// What this error means for the next attempt.
    fn class(&self, error: &E) -> Class;

    /// Returns how long the server asked to wait, if it did. `class` is what [`class`](Self::class)
    /// returned for the same error, so that a classifier is not called twice.
    fn retry_after(&self, error: &E, class: Class) -> Option<Duration> {
        let _ = error;
        class.retry_after()
    }

    /// Which classes are tried again.
    fn ladder(&self) -> On;

    /// Writes the rule for the `Debug` of a policy whose type does not show it, such as a
    /// [`DynPolicy`](crate::DynPolicy). The default is the name of the type.
    ///
    /// # Errors
    ///
    /// If the formatter fails.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::any::type_name::<Self>())
    }
}

impl<E, Via> Rule<E, Via> for On
where
    E: Classify<Via> + ?Sized,
    Via: ?Sized,
{
    fn class(&self, error: &E) -> Class {
        error.classify()
    }

    fn retry_after(&self, error: &E, _: Class) -> Option<Duration> {
        error.retry_after()
    }

    fn ladder(&self) -> On {
        *self
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The classifier decides; what it calls `Transient`, `Throttled` or `Refused` is tried again. Its hint is
/// that of the class which it returns: the error's own is not asked.
impl<E, F, C> Rule<E> for F
where
    E: ?Sized,
    F: Fn(&E) -> C,
    C: Into<Class>,
{
    fn class(&self, error: &E) -> Class {
        self(error).into()
    }

    fn ladder(&self) -> On {
        On::Transient
    }
}

/// A rule, and a hint that its driver knows in addition to the error's own. The longer one counts.
pub(crate) struct HintedRule<'r, R> {
    pub(crate) rule: &'r R,
    pub(crate) hint: Option<Duration>,
}

impl<E: ?Sized, Via: ?Sized, R: Rule<E, Via>> Rule<E, Via> for HintedRule<'_, R> {
    fn class(&self, error: &E) -> Class {
        self.rule.class(error)
    }

    fn retry_after(&self, error: &E, class: Class) -> Option<Duration> {
        // `None` is less than any hint.
        self.rule.retry_after(error, class).max(self.hint)
    }

    fn ladder(&self) -> On {
        self.rule.ladder()
    }
}
