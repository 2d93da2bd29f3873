//! The trait `AsPolicy`.

use super::Policy;
use super::sealed::Sealed;
use crate::backoff::Backoff;
use crate::budget::RetryBudget;

/// A [`Policy`], or a reference to one. `policy = …` takes it, and a [`Retry`](crate::Retry) holds it.
#[diagnostic::on_unimplemented(
    message = "`policy` takes a `Policy`, or a reference to one",
    label = "this is not a `Policy`",
    note = "for a policy behind a lock, clone it: `policy = self.policy.read().unwrap().clone()`"
)]
pub trait AsPolicy: Sealed {
    /// The shape of backoff.
    type Backoff: Backoff;
    /// The rule for errors.
    type On;
    /// The limit of attempts.
    type Limit;
    /// The budget.
    type RetryBudget: RetryBudget;

    /// Returns the policy.
    fn as_policy(&self) -> &Policy<Self::Backoff, Self::On, Self::Limit, Self::RetryBudget>;
}

impl<B: Backoff, O, L, T: RetryBudget> AsPolicy for Policy<B, O, L, T> {
    type Backoff = B;
    type On = O;
    type Limit = L;
    type RetryBudget = T;

    fn as_policy(&self) -> &Self {
        self
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<P: AsPolicy> AsPolicy for $pointer {
            type Backoff = P::Backoff;
            type On = P::On;
            type Limit = P::Limit;
            type RetryBudget = P::RetryBudget;

            fn as_policy(&self) -> &Policy<P::Backoff, P::On, P::Limit, P::RetryBudget> {
                (**self).as_policy()
            }
        }
    )*};
}

forward!(&P);
#[cfg(feature = "alloc")]
forward!(alloc::sync::Arc<P>);
