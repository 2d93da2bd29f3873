//! What the values of an attribute, and the types of its function, have to be. Not public API.
//!
//! Each is a trait with a message of its own, implemented for everything that fits. What is checked
//! goes on as an associated type of the trait, which is the same type: where the trait is missing, the
//! compiler has nothing to go on with, and says so once instead of again at every use.

use core::future::Future;

use super::call::Call;
use super::hooks::{OnGiveUp, OnRetry, Until};
use crate::policy::{TimeLimit, Timed};
use crate::{Backoff, ByClassifier, Class, GiveUpEvent, Policy, RetryEvent, Rule, TimedOut, Timer};

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

/// A policy with a shape of the user's, which [`shaped`] checks.
pub const fn with_shape<B>(backoff: B) -> Policy<B> {
    Policy::with_any_backoff(backoff)
}

/// A shape of backoff: gives back the policy that it is in, so that where it is none the compiler says so
/// once.
pub trait Shape: Backoff + Sized {
    /// This type.
    type Itself: Backoff;

    /// This policy.
    fn shaped<O, L>(policy: &Policy<Self, O, L>) -> &Policy<Self::Itself, O, L>;
}

impl<B: Backoff> Shape for B {
    type Itself = B;

    fn shaped<O, L>(policy: &Policy<B, O, L>) -> &Policy<B, O, L> {
        policy
    }
}

/// The policy, if it has a shape.
pub fn shaped<B: Shape, O, L>(policy: &Policy<B, O, L>) -> &Policy<B::Itself, O, L> {
    B::shaped(policy)
}

/// What a function returns that has a `timeout = …`: there is an error for an attempt that is cut
/// short.
#[diagnostic::on_unimplemented(
    message = "a function with a `timeout` must return a `Result`",
    label = "this has no error to return for an attempt that is cut short"
)]
pub trait Interruptible: Sized {
    /// An attempt that is held to a limit. An associated type, so that where there is none the error is
    /// not said again by whoever awaits it.
    type Attempt<F: Future<Output = Self>, S: Future<Output = ()>>: Future<Output = Self>;

    /// Holds an attempt to the policy's limit.
    fn hold<B, O, C, F>(
        call: &Call<C>,
        policy: &Policy<B, O, TimeLimit>,
        attempt: F,
    ) -> Self::Attempt<F, C::Sleep>
    where
        C: Timer,
        F: Future<Output = Self>;
}

impl<T, E: CutShort> Interruptible for Result<T, E> {
    type Attempt<F: Future<Output = Self>, S: Future<Output = ()>> = Timed<F, S>;

    fn hold<B, O, C, F>(
        call: &Call<C>,
        policy: &Policy<B, O, TimeLimit>,
        attempt: F,
    ) -> Timed<F, C::Sleep>
    where
        C: Timer,
        F: Future<Output = Self>,
    {
        call.limited(policy, attempt)
    }
}

/// `From<TimedOut>`, by a name that explains itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that an attempt took too long: it is not `From<TimedOut>`",
    label = "an attempt that is cut short by `timeout` returns this error type",
    note = "write `impl From<TimedOut> for {Self}`"
)]
pub trait CutShort: From<TimedOut> {}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> CutShort for E {}

/// A classifier.
pub trait ClassifierFn<E, C>: Fn(&E) -> C {
    /// This type.
    type Itself: Rule<E, ByClassifier<C>>;

    /// This value.
    fn itself(self) -> Self::Itself;
}

impl<E, F: Fn(&E) -> C, C: Verdict> ClassifierFn<E, C> for F {
    type Itself = F;

    fn itself(self) -> F {
        self
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

/// What `until` takes.
pub trait UntilFn<T: ?Sized>: Fn(&T) -> bool {
    /// This type.
    type Itself: Until<T>;

    /// This value.
    fn itself(self) -> Self::Itself;
}

impl<T: ?Sized, F: Fn(&T) -> bool> UntilFn<T> for F {
    type Itself = F;

    fn itself(self) -> F {
        self
    }
}

/// What `on_retry` takes.
pub trait OnRetryFn<E>: Fn(&RetryEvent<'_, E>) {
    /// This type.
    type Itself: OnRetry<E>;

    /// This value.
    fn itself(self) -> Self::Itself;
}

impl<E, F: Fn(&RetryEvent<'_, E>)> OnRetryFn<E> for F {
    type Itself = F;

    fn itself(self) -> F {
        self
    }
}

/// What `on_give_up` takes.
pub trait OnGiveUpFn<E>: Fn(&GiveUpEvent<'_, E>) {
    /// This type.
    type Itself: OnGiveUp<E>;

    /// This value.
    fn itself(self) -> Self::Itself;
}

impl<E, F: Fn(&GiveUpEvent<'_, E>)> OnGiveUpFn<E> for F {
    type Itself = F;

    fn itself(self) -> F {
        self
    }
}
