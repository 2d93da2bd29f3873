//! What `on = causes(..)` and `via = …` become in the code that `#[retryable]` generates. Not public API.

use core::error::Error;
use core::time::Duration;

use super::Outcome;
use crate::class::{Class, On};
use crate::classify::{Classify, Found, Opaque, Rule, ask, find};

/// The rule of an attribute, of which nothing needs a proof any more.
#[derive(Debug)]
pub struct KnownRule<E: ?Sized> {
    class: fn(&E) -> Class,
    retry_after: fn(&E) -> Option<Duration>,
    ladder: On,
}

#[diagnostic::do_not_recommend]
impl<E: ?Sized> Rule<E, ()> for KnownRule<E> {
    fn class(&self, error: &E) -> Class {
        (self.class)(error)
    }

    fn retry_after(&self, error: &E, _: Class) -> Option<Duration> {
        (self.retry_after)(error)
    }

    fn ladder(&self) -> On {
        self.ladder
    }
}

/// One type of `on = causes(A, B)`, so that an error about it stands at the type.
#[derive(Clone, Copy, Debug)]
pub struct Cause(fn(&(dyn Error + 'static)) -> Option<Found>);

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

impl<E: ?Sized, const N: usize> KnownCauses<E, N> {
    fn find(&self, error: &E) -> Found {
        let ask = |error: &_| self.causes.iter().find_map(|cause| cause.0(error));
        find((self.outermost)(error), ask)
    }
}

#[diagnostic::do_not_recommend]
impl<E: ?Sized, const N: usize> Rule<E, ()> for KnownCauses<E, N> {
    fn class(&self, error: &E) -> Class {
        self.find(error).class
    }

    fn retry_after(&self, error: &E, _: Class) -> Option<Duration> {
        self.find(error).retry_after
    }

    fn ladder(&self) -> On {
        On::Transient
    }
}

/// What `via = Marker` takes.
pub fn via<Via, R>(_: &R, ladder: On) -> KnownRule<R::Error>
where
    R: Outcome,
    R::Error: Classify<Via>,
    Via: ?Sized,
{
    KnownRule {
        class: R::Error::classify,
        retry_after: R::Error::retry_after,
        ladder,
    }
}
