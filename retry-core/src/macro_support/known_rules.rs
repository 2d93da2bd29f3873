//! The rules of `on = causes(..)` and `via = …` in the code that `#[retryable]` generates. Not public API.

use core::error::Error;

use super::outcome::Outcome;
use crate::class::{Class, On};
use crate::classify::{Classify, Found, Opaque, Rule, Verdict, ask, find};

/// The rule of an attribute, after its check: without a bound on the error type.
#[derive(Debug)]
pub struct LadderRule<E: ?Sized> {
    error_type: fn(&E) -> Option<&str>,
    ladder: On,
    judge: fn(&On, Option<&E>) -> Verdict,
}

#[diagnostic::do_not_recommend]
impl<E: ?Sized> Rule<E, ()> for LadderRule<E> {
    fn judge(&self, error: Option<&E>) -> Verdict {
        (self.judge)(&self.ladder, error)
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        (self.error_type)(error)
    }
}

/// One type of `on = causes(A, B)`. The compiler's message about it points at the type.
#[derive(Clone, Copy, Debug)]
pub struct Cause(for<'e> fn(&'e (dyn Error + 'static)) -> Option<Found<'e>>);

/// Checks one type of `on = causes(A, B)`.
pub fn cause<E, Via>() -> Cause
where
    E: Error + Classify<Via> + 'static,
    Via: ?Sized,
{
    Cause(ask::<E, Via>)
}

/// The rule of `on = causes(A, B)`.
#[derive(Debug)]
pub struct KnownCauses<E: ?Sized, const N: usize> {
    outermost: fn(&E) -> &(dyn Error + 'static),
    causes: [Cause; N],
}

/// Checks the list of `on = causes(A, B)`.
pub fn causes<R, As, const N: usize>(_: &R, causes: [Cause; N]) -> KnownCauses<R::Error, N>
where
    R: Outcome,
    R::Error: Opaque<As>,
    As: ?Sized,
{
    KnownCauses {
        outermost: R::Error::outermost,
        causes,
    }
}

impl<E: ?Sized, const N: usize> KnownCauses<E, N> {
    fn find<'e>(&self, error: &'e E) -> Found<'e> {
        let ask = |error| self.causes.iter().find_map(|cause| cause.0(error));
        find((self.outermost)(error), ask)
    }
}

#[diagnostic::do_not_recommend]
impl<E: ?Sized, const N: usize> Rule<E, ()> for KnownCauses<E, N> {
    fn judge(&self, error: Option<&E>) -> Verdict {
        match error {
            Some(error) => self.find(error).verdict,
            None => Verdict::of(Class::Transient),
        }
    }

    fn error_type<'e>(&self, error: &'e E) -> Option<&'e str> {
        self.find(error).error_type
    }
}

/// Checks the marker of `via = Marker`.
pub fn via<Via, R>(_: &R, ladder: On) -> LadderRule<R::Error>
where
    R: Outcome,
    R::Error: Classify<Via>,
    Via: ?Sized,
{
    LadderRule {
        error_type: R::Error::error_type,
        ladder,
        judge: <On as Rule<R::Error, Via>>::judge,
    }
}
