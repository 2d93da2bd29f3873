//! What `on = causes(..)` and `via = …` become in the code that `#[retryable]` generates. Not public API.

use core::time::Duration;

use super::attribute::Outcome;
use crate::classify::find;
use crate::{CauseList, Class, Classify, On, Opaque, Rule};

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

/// What `on = causes(A, B)` takes.
pub fn causes<L, R, As, Vias>(_: &R) -> KnownRule<R::Error>
where
    R: Outcome,
    R::Error: Opaque<As>,
    L: CauseList<Vias>,
    As: ?Sized,
{
    KnownRule {
        class: |error| find::<L, _>(error.outermost()).class(),
        retry_after: |error| find::<L, _>(error.outermost()).retry_after(),
        ladder: On::Transient,
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
