//! What the values of an attribute, and the types of its function, have to be. Not public API.
//!
//! Each is checked where it is written, with a message of its own. What is checked goes on as a type of
//! this file that needs no proof any more, as it brings the functions that the proof is about: so the
//! compiler says once what is missing, and not again at every use.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::driver::{OnGiveUp, OnRetry, Sealed, Until};
use crate::{Backoff, Class, FromTimedOut, GiveUpEvent, On, RetryEvent, Rule, Step, TimedOut};

/// What is cloned for every attempt: any `Clone`, by a name that explains itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is passed by value to a `#[retryable]` function, but is not `Clone`",
    label = "every attempt starts with a clone of this argument",
    note = "pass a reference, `&{Self}`, or let all attempts borrow the one value: `#[retryable(share(..))]`",
    note = "or make it `Clone`"
)]
pub trait ClonedArgument: Sized {
    /// A clone.
    fn cloned(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> ClonedArgument for T {
    fn cloned(&self) -> T {
        self.clone()
    }
}

/// What a function returns that has an `attempt_timeout` or a `deadline`: there is an error for an
/// attempt that is cut off.
#[diagnostic::on_unimplemented(
    message = "a function with `attempt_timeout` or `deadline` must return a `Result`",
    label = "this has no error to return for an attempt that is cut off",
    note = "write `max_elapsed` in place of `deadline`: it cuts nothing off"
)]
pub trait Interruptible {
    /// What it returns then.
    fn cut_off(timed_out: TimedOut) -> Self;
}

impl<T, E: FromTimedOut> Interruptible for Result<T, E> {
    fn cut_off(timed_out: TimedOut) -> Self {
        Err(timed_out.into())
    }
}

pin_project! {
    /// An attempt whose outcome, if it has one, was not cut off.
    #[derive(Debug)]
    pub struct Whole<F> {
        #[pin]
        attempt: F,
    }
}

impl<F> Whole<F> {
    pub(super) fn new(attempt: F) -> Self {
        Self { attempt }
    }
}

impl<F: Future> Future for Whole<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().attempt.poll(cx).map(Ok)
    }
}

/// A shape of the user's.
#[derive(Clone, Copy, Debug)]
pub struct CheckedShape<B> {
    shape: B,
    delay: fn(&B, &Step) -> Option<Duration>,
    spreads_hints: fn(&B) -> bool,
}

/// What `backoff = …` takes.
pub const fn shape<B: Backoff>(shape: B) -> CheckedShape<B> {
    CheckedShape {
        shape,
        delay: B::delay,
        spreads_hints: B::spreads_hints,
    }
}

#[diagnostic::do_not_recommend]
impl<B> Backoff for CheckedShape<B> {
    fn delay(&self, step: &Step) -> Option<Duration> {
        (self.delay)(&self.shape, step)
    }

    fn spreads_hints(&self) -> bool {
        (self.spreads_hints)(&self.shape)
    }
}

/// A function of the user's from `&T` to `O`.
#[derive(Debug)]
pub struct Checked<F, T: ?Sized, O> {
    function: F,
    call: fn(&F, &T) -> O,
}

impl<F, T: ?Sized, O> Checked<F, T, O> {
    pub(super) fn new(function: F, call: fn(&F, &T) -> O) -> Self {
        Self { function, call }
    }

    fn call(&self, value: &T) -> O {
        (self.call)(&self.function, value)
    }
}

/// What a classifier returns.
#[diagnostic::on_unimplemented(
    message = "a classifier returns a `Class` or a `bool`, not `{Self}`",
    label = "this returns `{Self}`",
    note = "`true` is worth another attempt, as `Class::Transient` is; `false` is `Class::Permanent`"
)]
pub trait IntoClass: Into<Class> {}

#[diagnostic::do_not_recommend]
impl<C: Into<Class>> IntoClass for C {}

#[diagnostic::do_not_recommend]
impl<F, E> Rule<E, ()> for Checked<F, E, Class> {
    fn class(&self, error: &E) -> Class {
        self.call(error)
    }

    fn ladder(&self) -> On {
        On::Transient
    }
}

#[diagnostic::do_not_recommend]
impl<F, T: ?Sized> Until<T> for Checked<F, T, bool> {
    const SEALED: Sealed = Sealed;

    fn accepts(&self, value: &T) -> bool {
        self.call(value)
    }
}

/// A function of the user's that is told of retries.
#[derive(Debug)]
pub struct CheckedOnRetry<F, E> {
    function: F,
    call: fn(&F, &RetryEvent<'_, E>),
}

impl<F, E> CheckedOnRetry<F, E> {
    pub(super) fn new(function: F, call: fn(&F, &RetryEvent<'_, E>)) -> Self {
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

/// A function of the user's that is told of giving up.
#[derive(Debug)]
pub struct CheckedOnGiveUp<F, E> {
    function: F,
    call: fn(&F, &GiveUpEvent<'_, E>),
}

impl<F, E> CheckedOnGiveUp<F, E> {
    pub(super) fn new(function: F, call: fn(&F, &GiveUpEvent<'_, E>)) -> Self {
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

/// What `retry_after = field` reads.
#[diagnostic::on_unimplemented(
    message = "`retry_after` reads a `Duration` or an `Option<Duration>`, not `{Self}`",
    label = "this is not a `Duration`"
)]
pub trait RetryAfter {
    /// The wait, if there is one.
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
