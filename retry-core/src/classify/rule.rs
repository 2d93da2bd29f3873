//! How a policy gets from an error to a class: the ladder, or a classifier of the caller's.

use core::marker::PhantomData;
use core::time::Duration;

use crate::{Class, Classify, On};

/// Marks that a rule asks the error's own [`Classify`] impl. Inferred, never written.
#[derive(Debug)]
pub struct ByLadder<Via: ?Sized>(PhantomData<Via>);

/// Marks that a rule is a classifier, `Fn(&E) -> impl Into<Class>`. Inferred, never written.
#[derive(Debug)]
pub struct ByClassifier<C>(PhantomData<C>);

/// What a policy decides by: an [`On`] ([`Policy::on`](crate::Policy::on)), or a `Fn(&E) -> impl Into<Class>`
/// ([`Policy::on_error`](crate::Policy::on_error)).
///
/// `Kind` only keeps the two apart and is always inferred.
#[diagnostic::on_unimplemented(
    message = "this policy does not know which values of `{E}` are worth another attempt",
    note = "if the type is yours, write `#[derive(Classify)]` on it, or `impl Classify for {E}`",
    note = "if it is of another crate, classify it by a marker type of yours: `struct Marker; impl Classify<Marker> for {E}`; or give the policy a classifier: `policy.on_error(|error: &{E}| true)`",
    note = "if it hides which error is in it, as `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` do, list the types to look for: `policy.on_error(causes::<(ApiError, std::io::Error)>())`"
)]
pub trait Rule<E: ?Sized, Kind: ?Sized> {
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
}

impl<E, Via> Rule<E, ByLadder<Via>> for On
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
}

/// The classifier decides; what it calls `Transient`, `Throttled` or `Refused` is tried again. Its hint is
/// that of the class which it returns: the error's own is not asked.
impl<E, F, C> Rule<E, ByClassifier<C>> for F
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
pub(crate) struct Hinted<'r, R> {
    pub(crate) rule: &'r R,
    pub(crate) hint: Option<Duration>,
}

impl<E: ?Sized, Kind: ?Sized, R: Rule<E, Kind>> Rule<E, Kind> for Hinted<'_, R> {
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
