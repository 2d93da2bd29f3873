//! Checks of the values of an attribute: a shape, a classifier, hooks.
//!
//! Each value is checked at the place where it is written, with its own message. The result is a type of this file
//! without a bound: it stores the checked functions. So the compiler reports a wrong value once, and not again at
//! every use.

use core::time::Duration;

use super::outcome::Outcome;
use crate::backoff::{Backoff, Step};
use crate::class::Class;
use crate::classify::{Rule, Verdict};
use crate::driver::{Hooks, OnGiveUp, OnRetry, Until};
use crate::event::{GiveUpEvent, RetryEvent};
use crate::sealed::Sealed;

/// Checks the value of `backoff = …`.
pub const fn shape<B: Backoff>(shape: B) -> CheckedShape<B> {
    CheckedShape {
        shape,
        delay: B::delay,
        spreads_hints: B::spreads_hints,
        #[cfg(feature = "overrides")]
        built_in: B::built_in,
    }
}

/// A user's shape.
#[derive(Clone, Copy, Debug)]
pub struct CheckedShape<B> {
    shape: B,
    delay: fn(&B, &Step) -> Option<Duration>,
    spreads_hints: fn(&B) -> bool,
    #[cfg(feature = "overrides")]
    built_in: fn(&B) -> Option<crate::config::Shape>,
}

#[diagnostic::do_not_recommend]
impl<B> Backoff for CheckedShape<B> {
    fn delay(&self, step: &Step) -> Option<Duration> {
        (self.delay)(&self.shape, step)
    }

    fn spreads_hints(&self) -> bool {
        (self.spreads_hints)(&self.shape)
    }

    #[cfg(feature = "overrides")]
    fn built_in(&self) -> Option<crate::config::Shape> {
        (self.built_in)(&self.shape)
    }
}

/// Checks the value of `on = …`. The closure may be written without types.
pub fn classifier<R, F, C>(_: &R, classifier: F) -> Checked<F, R::Error, Class>
where
    R: Outcome,
    F: Fn(&R::Error) -> C,
    C: IntoClass,
{
    Checked::new(classifier, |classifier, error| classifier(error).into())
}

/// Checks the value of `until = …`. The closure may be written without types.
pub fn until<R, F>(_: &R, until: F) -> Checked<F, R::Value, bool>
where
    R: Outcome,
    F: Fn(&R::Value) -> bool,
{
    Checked::new(until, |until, value| until(value))
}

/// A user's function from `&T` to `O`.
#[derive(Debug)]
pub struct Checked<F, T: ?Sized, O> {
    function: F,
    call: fn(&F, &T) -> O,
}

impl<F, T: ?Sized, O> Checked<F, T, O> {
    fn new(function: F, call: fn(&F, &T) -> O) -> Self {
        Self { function, call }
    }

    fn call(&self, value: &T) -> O {
        (self.call)(&self.function, value)
    }
}

#[diagnostic::do_not_recommend]
impl<F, E> Rule<E, ()> for Checked<F, E, Class> {
    fn judge(&self, error: Option<&E>) -> Verdict {
        Verdict::of(error.map_or(Class::Transient, |error| self.call(error)))
    }
}

#[diagnostic::do_not_recommend]
impl<F, T: ?Sized> Until<T> for Checked<F, T, bool> {
    const SEALED: Sealed = Sealed;

    fn accepts(&self, value: &T) -> bool {
        self.call(value)
    }
}

/// The return type of a classifier.
#[diagnostic::on_unimplemented(
    message = "a classifier returns a `Class` or a `bool`, not `{Self}`",
    label = "this returns `{Self}`",
    note = "`true` is worth another attempt, as `Class::Transient` is; `false` is `Class::Permanent`"
)]
pub trait IntoClass: Into<Class> {}

#[diagnostic::do_not_recommend]
impl<C: Into<Class>> IntoClass for C {}

/// Checks the value of `on_retry = …`. The closure may be written without types.
pub fn on_retry<R, F>(_: &R, on_retry: F) -> CheckedOnRetry<F, R::Error>
where
    R: Outcome,
    F: Fn(&RetryEvent<'_, R::Error>),
{
    CheckedOnRetry::new(on_retry, |on_retry, event| on_retry(event))
}

/// A user's callback for retries.
#[derive(Debug)]
pub struct CheckedOnRetry<F, E> {
    function: F,
    call: fn(&F, &RetryEvent<'_, E>),
}

impl<F, E> CheckedOnRetry<F, E> {
    fn new(function: F, call: fn(&F, &RetryEvent<'_, E>)) -> Self {
        Self { function, call }
    }
}

#[diagnostic::do_not_recommend]
impl<F, E> OnRetry<E> for CheckedOnRetry<F, E> {
    const SEALED: Sealed = Sealed;

    fn notify(&self, event: &RetryEvent<'_, E>) {
        (self.call)(&self.function, event);
    }
}

/// Checks the value of `on_give_up = …`. The closure may be written without types.
pub fn on_give_up<R, F>(_: &R, on_give_up: F) -> CheckedOnGiveUp<F, R::Error>
where
    R: Outcome,
    F: Fn(&GiveUpEvent<'_, R::Error>),
{
    CheckedOnGiveUp::new(on_give_up, |on_give_up, event| on_give_up(event))
}

/// A user's callback for giving up.
#[derive(Debug)]
pub struct CheckedOnGiveUp<F, E> {
    function: F,
    call: fn(&F, &GiveUpEvent<'_, E>),
}

impl<F, E> CheckedOnGiveUp<F, E> {
    fn new(function: F, call: fn(&F, &GiveUpEvent<'_, E>)) -> Self {
        Self { function, call }
    }
}

#[diagnostic::do_not_recommend]
impl<F, E> OnGiveUp<E> for CheckedOnGiveUp<F, E> {
    const SEALED: Sealed = Sealed;

    fn notify(&self, event: &GiveUpEvent<'_, E>) {
        (self.call)(&self.function, event);
    }
}

/// Combines the hooks of an attribute.
pub fn hooks<U, N, G>(until: U, on_retry: N, on_give_up: G) -> Hooks<U, N, G> {
    Hooks {
        until,
        on_retry,
        on_give_up,
    }
}
