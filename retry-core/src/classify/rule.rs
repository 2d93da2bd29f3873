//! How a policy gets from an error to a class: the ladder, or the caller's classifier.

use core::fmt;
use core::time::Duration;

use super::{Classify, Summary};
use crate::class::{Class, On};

/// A policy's rule for errors: an [`On`] ([`Policy::on`](crate::Policy::on)), or a `Fn(&E) -> impl Into<Class>`
/// ([`Policy::on_error`](crate::Policy::on_error)).
///
/// `Via` is that of [`Classify`], and is inferred. A rule for an error type that implements `Classify` itself is a
/// `Rule<E>`. This trait is sealed: no other crate can implement it.
#[diagnostic::on_unimplemented(
    message = "this policy does not know which values of `{E}` are worth another attempt",
    note = "if the type is yours, write `#[derive(Classify)]` on it, or `impl Classify for {E}`",
    note = "if it is of another crate, classify it by a marker type of yours: `struct Marker; impl Classify<Marker> for {E}`; or give the policy a classifier: `policy.on_error(|error: &{E}| true)`",
    note = "if it hides which error is in it, as `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` do, list the types to look for: `policy.on_error(causes::<(ApiError, std::io::Error)>())`",
    note = "if a marker classifies it, as `Http` classifies `reqwest::Error`, write `policy.erase()`, and not `into()`"
)]
pub trait Rule<E: ?Sized, Via: ?Sized = ()> {
    /// Classifies a failure. `None` is a value that `until` rejected: a temporary fault.
    #[doc(hidden)]
    fn judge(&self, error: Option<&E>) -> Verdict;

    /// Returns what observers call the error, if the rule knows: [`Classify::error_type`]. A classifier does not.
    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        let _ = error;
        None
    }

    /// Writes which failures are retried, for [`Policy::describe`](crate::Policy::describe).
    #[doc(hidden)]
    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "failures that {} selects",
            core::any::type_name::<Self>()
        )
    }

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

/// The result of a rule for a failure.
///
/// No other crate can name this type, so that none can implement [`Rule`].
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    pub(crate) class: Class,
    /// How long the server asked to wait, if it did. Separate from the class, because an error of any class may have
    /// a hint.
    pub(crate) hint: Option<Duration>,
    /// Which classes are retried.
    pub(crate) ladder: Ladder,
}

/// Which classes are retried: those up to a rung, or what a classifier selects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ladder {
    rung: On,
    /// A classifier's choice cannot be overridden.
    #[cfg(feature = "overrides")]
    is_of_classifier: bool,
}

impl Ladder {
    /// The ladder of a classifier, which calls every failure to retry `Transient`.
    const OF_CLASSIFIER: Self = Self {
        rung: On::Transient,
        #[cfg(feature = "overrides")]
        is_of_classifier: true,
    };

    pub(crate) const fn up_to(rung: On) -> Self {
        Self {
            rung,
            #[cfg(feature = "overrides")]
            is_of_classifier: false,
        }
    }

    pub(crate) const fn retries(self, class: Class) -> bool {
        self.rung.retries(class)
    }

    /// Returns this ladder without the rungs above `on`; `None` if that is not lower.
    #[cfg(feature = "overrides")]
    pub(crate) fn lowered(self, on: On) -> Option<Self> {
        let is_lower = !self.is_of_classifier && on <= self.rung;
        is_lower.then_some(Self::up_to(on))
    }
}

impl Verdict {
    /// Makes the verdict of a classifier: its hint is that of the class. The error's own does not count.
    pub(crate) const fn of(class: Class) -> Self {
        Self {
            class,
            hint: class.retry_after(),
            ladder: Ladder::OF_CLASSIFIER,
        }
    }
}

impl<E, Via> Rule<E, Via> for On
where
    E: Classify<Via> + ?Sized,
    Via: ?Sized,
{
    fn judge(&self, error: Option<&E>) -> Verdict {
        Verdict {
            class: error.map_or(Class::Transient, E::classify),
            hint: error.and_then(E::retry_after),
            ladder: Ladder::up_to(*self),
        }
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        error.error_type()
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Summary::summarize(self, f)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The classifier decides. What it calls `Transient`, `Throttled` or `Refused` is retried. The hint is that of the
/// class which it returns; the error's own does not count.
impl<E, F, C> Rule<E> for F
where
    E: ?Sized,
    F: Fn(&E) -> C,
    C: Into<Class>,
{
    fn judge(&self, error: Option<&E>) -> Verdict {
        Verdict::of(error.map_or(Class::Transient, |error| self(error).into()))
    }
}

/// A rule, and a hint that its driver has in addition to the error's own. The longer one counts.
pub(crate) struct HintedRule<'r, R> {
    pub(crate) rule: &'r R,
    pub(crate) hint: Option<Duration>,
}

impl<E: ?Sized, Via: ?Sized, R: Rule<E, Via>> Rule<E, Via> for HintedRule<'_, R> {
    fn judge(&self, error: Option<&E>) -> Verdict {
        let verdict = self.rule.judge(error);
        Verdict {
            // `None` is less than any hint.
            hint: verdict.hint.max(self.hint),
            ..verdict
        }
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        self.rule.error_type(error)
    }
}
