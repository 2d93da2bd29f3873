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

    /// What a call keeps from its beginning to its end: nothing, or of a `LivePolicy` the policy that it began with.
    #[doc(hidden)]
    type Pinned;

    /// Begins a call.
    #[doc(hidden)]
    fn pin(&self) -> Self::Pinned;

    /// Returns the policy of a call.
    #[doc(hidden)]
    fn as_policy<'p>(
        &'p self,
        pinned: &'p Self::Pinned,
    ) -> &'p Policy<Self::Backoff, Self::On, Self::Limit, Self::RetryBudget>;
}

impl<B: Backoff, O, L, T: RetryBudget> AsPolicy for Policy<B, O, L, T> {
    type Backoff = B;
    type On = O;
    type Limit = L;
    type RetryBudget = T;
    type Pinned = ();

    fn pin(&self) {}

    fn as_policy<'p>(&'p self, (): &'p ()) -> &'p Self {
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
            type Pinned = P::Pinned;

            fn pin(&self) -> P::Pinned {
                (**self).pin()
            }

            fn as_policy<'p>(
                &'p self,
                pinned: &'p P::Pinned,
            ) -> &'p Policy<P::Backoff, P::On, P::Limit, P::RetryBudget> {
                (**self).as_policy(pinned)
            }
        }
    )*};
}

forward!(&P);
#[cfg(feature = "alloc")]
forward!(alloc::sync::Arc<P>);
