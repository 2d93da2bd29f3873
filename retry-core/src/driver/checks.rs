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

use super::hooks::{OnGiveUp, OnRetry, Until};
use crate::{Backoff, Class, GiveUpEvent, On, RetryEvent, Rule, Step, TimedOut};

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

/// What a function returns that has a `timeout = …`: there is an error for an attempt that is cut
/// short.
#[diagnostic::on_unimplemented(
    message = "a function with a `timeout` must return a `Result`",
    label = "this has no error to return for an attempt that is cut short"
)]
pub trait Interruptible {
    /// What it returns then.
    fn cut_short(timed_out: TimedOut) -> Self;
}

impl<T, E: FromTimedOut> Interruptible for Result<T, E> {
    fn cut_short(timed_out: TimedOut) -> Self {
        Err(timed_out.into())
    }
}

/// `From<TimedOut>`, by a name that explains itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value for an attempt that took too long",
    label = "with a `timeout`, this error type must be `From<TimedOut>`",
    note = "write `impl From<TimedOut> for {Self}`"
)]
pub trait FromTimedOut: From<TimedOut> {}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> FromTimedOut for E {}

pin_project! {
    /// An attempt whose outcome, whatever it is, was not cut short.
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
pub trait Verdict: Into<Class> {}

#[diagnostic::do_not_recommend]
impl<C: Into<Class>> Verdict for C {}

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
