//! `causes`: a search in the chain of causes of an error that hides its type.

use core::any::type_name;
use core::error::Error;
use core::fmt;
use core::iter::successors;
use core::marker::PhantomData;

use super::{Classified, Classify, Rule, Summary, Verdict};
use crate::class::{Class, On};
use crate::sealed::Sealed;
use crate::timed_out::TimedOut;

/// Returns a rule for errors that hide their type, such as `anyhow::Error`, `eyre::Report` and `Box<dyn Error>`.
///
/// The class is that of the first cause of a type in the tuple `L`. The search begins with the outermost error. A
/// [`Classified`] around a type in `L` counts, with its class. If there is no such cause, the error is
/// [`Class::Permanent`]. A [`TimedOut`] that the policy's own time limit made is always found.
///
/// In the attribute this is `on = causes(ApiError, std::io::Error)`.
///
/// # Examples
///
/// ```
/// use retryable::{NoDelay, Policy, causes};
/// use std::error::Error;
/// use std::io;
///
/// let policy = Policy::with_backoff(NoDelay).on_error(causes::<(io::Error,)>());
/// let mut calls = 0;
/// let outcome = policy.run_blocking(|| -> Result<(), Box<dyn Error + Send + Sync>> {
///     calls += 1;
///     Err(io::Error::from(io::ErrorKind::ConnectionReset))?
/// });
/// assert!(outcome.is_err());
/// assert_eq!(calls, 3);
/// ```
pub const fn causes<L>() -> Causes<L> {
    Causes(PhantomData)
}

/// A rule that returns the class of the first cause of a type in the tuple `L`. Made by [`causes`].
pub struct Causes<L>(PhantomData<fn() -> L>);

impl<L> Clone for Causes<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Causes<L> {}

impl<L> PartialEq for Causes<L> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<L> fmt::Debug for Causes<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "causes::<{}>()", type_name::<L>())
    }
}

/// The two parameters only keep impls apart, and are inferred.
impl<E, L, As, Vias> Rule<E, (PhantomData<As>, Vias)> for Causes<L>
where
    E: Opaque<As>,
    L: CauseList<Vias>,
    As: ?Sized,
{
    fn judge(&self, error: Option<&E>) -> Verdict {
        match error {
            Some(error) => find(error.outermost(), L::ask).verdict,
            None => Verdict::of(Class::Transient),
        }
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        find(error.outermost(), L::ask).error_type
    }

    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Summary::summarize(self, f)
    }
}

/// An error that hides its type, and shows the chain of its causes: every type that is
/// `AsRef<dyn Error + 'static>`, and pointers to `dyn Error + Send + Sync`.
///
/// `As` only keeps the two apart, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`causes` searches in an error such as `anyhow::Error` or `Box<dyn Error>`, and `{Self}` is none",
    label = "this error type is not `AsRef<dyn Error>`",
    note = "if `{Self}` implements `Classify`, leave `causes` out",
    note = "otherwise write a classifier: `on = path::to::classifier`, or `policy.on_error(classifier)`"
)]
pub trait Opaque<As: ?Sized> {
    #[doc(hidden)]
    const SEALED: Sealed;

    /// Returns the outermost error.
    fn outermost(&self) -> &(dyn Error + 'static);
}

impl<E: AsRef<dyn Error + 'static>> Opaque<dyn Error> for E {
    const SEALED: Sealed = Sealed;

    fn outermost(&self) -> &(dyn Error + 'static) {
        self.as_ref()
    }
}

// Not by `AsRef<dyn Error>`: a pointer to `dyn Error + Send + Sync` is not `AsRef<dyn Error>`.
#[cfg(feature = "alloc")]
impl Opaque<dyn Error + Send + Sync> for alloc::boxed::Box<dyn Error + Send + Sync> {
    const SEALED: Sealed = Sealed;

    fn outermost(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

#[cfg(feature = "alloc")]
impl Opaque<dyn Error + Send + Sync> for alloc::sync::Arc<dyn Error + Send + Sync> {
    const SEALED: Sealed = Sealed;

    fn outermost(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

/// A tuple of error types that implement [`Classify`], of at most twelve.
///
/// `Vias` has the parameter of each type's `Classify`, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`causes` takes a tuple of up to twelve error types, and `{Self}` is none",
    note = "for one type, write a comma after it: `causes::<({Self},)>()`"
)]
pub trait CauseList<Vias> {
    /// Classifies `error`, if it is of a type in the list. Its own causes do not count.
    #[doc(hidden)]
    fn ask<'e>(error: &'e (dyn Error + 'static)) -> Option<Found<'e>>;
}

/// The verdict of a cause, and its type for logs and metrics.
///
/// No other crate can name this type, so that none can implement [`CauseList`].
#[derive(Clone, Copy, Debug)]
pub struct Found<'e> {
    pub(crate) verdict: Verdict,
    pub(crate) error_type: Option<&'e str>,
}

macro_rules! lists {
    ($($cause:ident $via:ident)*) => {
        impl<$($cause, $via: ?Sized),*> CauseList<($(PhantomData<$via>,)*)> for ($($cause,)*)
        where
            $($cause: Error + Classify<$via> + 'static,)*
        {
            fn ask<'e>(error: &'e (dyn Error + 'static)) -> Option<Found<'e>> {
                None $(.or_else(|| ask::<$cause, $via>(error)))*
            }
        }
    };
}

lists!(A Va);
lists!(A Va B Vb);
lists!(A Va B Vb C Vc);
lists!(A Va B Vb C Vc D Vd);
lists!(A Va B Vb C Vc D Vd E Ve);
lists!(A Va B Vb C Vc D Vd E Ve F Vf);
lists!(A Va B Vb C Vc D Vd E Ve F Vf G Vg);
lists!(A Va B Vb C Vc D Vd E Ve F Vf G Vg H Vh);
lists!(A Va B Vb C Vc D Vd E Ve F Vf G Vg H Vh I Vi);
lists!(A Va B Vb C Vc D Vd E Ve F Vf G Vg H Vh I Vi J Vj);
lists!(A Va B Vb C Vc D Vd E Ve F Vf G Vg H Vh I Vi J Vj K Vk);
lists!(A Va B Vb C Vc D Vd E Ve F Vf G Vg H Vh I Vi J Vj K Vk L Vl);

/// Classifies `error`, if it is of type `E`.
pub(crate) fn ask<'e, E, Via>(error: &'e (dyn Error + 'static)) -> Option<Found<'e>>
where
    E: Error + Classify<Via> + 'static,
    Via: ?Sized,
{
    fn found<E: Classify<Via>, Via: ?Sized>(error: &E) -> Found<'_> {
        Found {
            verdict: Rule::<E, Via>::judge(&On::Transient, Some(error)),
            error_type: error.error_type().or(Some(type_name::<E>())),
        }
    }

    let classified = error.downcast_ref().map(|error: &Classified<E>| Found {
        error_type: found::<E, Via>(error.get_ref()).error_type,
        ..found(error)
    });
    let found_in = classified.or_else(|| error.downcast_ref::<E>().map(found));
    // A pointer's `source()` is that of its target, so the search would skip the target itself.
    #[cfg(feature = "alloc")]
    let found_in = found_in
        .or_else(|| error.downcast_ref::<alloc::boxed::Box<E>>().map(found))
        .or_else(|| error.downcast_ref::<alloc::sync::Arc<E>>().map(found));
    found_in
}

/// Returns the first verdict that `ask` has for an error of the chain.
pub(crate) fn find<'e>(
    outermost: &'e (dyn Error + 'static),
    ask_listed: impl Fn(&'e (dyn Error + 'static)) -> Option<Found<'e>>,
) -> Found<'e> {
    const PERMANENT: Found<'_> = Found {
        verdict: Verdict::of(Class::Permanent),
        error_type: None,
    };
    // The policy made this one: unless it is found, `attempt_timeout` ends the call.
    let own = || ask::<TimedOut, ()>(outermost);
    chain(outermost)
        .find_map(ask_listed)
        .or_else(own)
        .unwrap_or(PERMANENT)
}

/// Iterates the error and its causes, outermost first.
fn chain<'a>(
    outermost: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(outermost), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The `source()` of an `io::Error` is that of its inner error, so it skips the inner error.
    #[cfg(feature = "std")]
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        let inner = error.get_ref()?;
        return Some(inner);
    }
    error.source()
}
