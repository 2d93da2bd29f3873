//! What `on = causes(..)` and `via = …` become in the code that `#[retryable]` generates. Not public API.

use core::error::Error;

use super::outcome::Outcome;
use crate::class::{Class, On};
use crate::classify::{Classify, Opaque, Rule, Verdict, ask, find};

/// The rule of an attribute, of which nothing needs a proof any more.
#[derive(Debug)]
pub struct LadderRule<E: ?Sized> {
    ladder: On,
    judge: fn(&On, Option<&E>) -> Verdict,
}

#[diagnostic::do_not_recommend]
impl<E: ?Sized> Rule<E, ()> for LadderRule<E> {
    fn judge(&self, error: Option<&E>) -> Verdict {
        (self.judge)(&self.ladder, error)
    }
}

/// One type of `on = causes(A, B)`, so that an error about it stands at the type.
#[derive(Clone, Copy, Debug)]
pub struct Cause(fn(&(dyn Error + 'static)) -> Option<Verdict>);

/// One type of `on = causes(A, B)`.
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

/// What `on = causes(A, B)` takes.
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

#[diagnostic::do_not_recommend]
impl<E: ?Sized, const N: usize> Rule<E, ()> for KnownCauses<E, N> {
    fn judge(&self, error: Option<&E>) -> Verdict {
        let ask = |error: &_| self.causes.iter().find_map(|cause| cause.0(error));
        match error {
            Some(error) => find((self.outermost)(error), ask),
            None => Verdict::of(Class::Transient),
        }
    }
}

/// What `via = Marker` takes.
pub fn via<Via, R>(_: &R, ladder: On) -> LadderRule<R::Error>
where
    R: Outcome,
    R::Error: Classify<Via>,
    Via: ?Sized,
{
    LadderRule {
        ladder,
        judge: <On as Rule<R::Error, Via>>::judge,
    }
}
