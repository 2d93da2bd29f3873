//! Retries in stacks of tower: for clients of tonic, hyper-util and axum, and for job runners.
//!
//! | to | write |
//! |---|---|
//! | retry the requests of any service | [`RetryLayer`] |
//! | keep `tower::retry::RetryLayer`, with a policy of this crate | [`RetryPolicy`] |
//! | retry requests of reqwest | `retryable::http::RetryLayer`, which knows HTTP |

mod future;
mod layer;
mod policy;
mod service;

pub use future::RetryFuture;
pub use layer::RetryLayer;
pub use policy::RetryPolicy;
pub use service::RetryService;

/// Writes the constructor and the setters, from `from_parts(policy, hooks, timer)` and `into_parts`.
macro_rules! setters {
    ($name:ident $(: $bound:ident)?) => {
        impl<P $(: $bound)?> $name<P> {
            /// Retries by this policy: a [`Policy`](crate::Policy), a reference to one, or an `Arc` of one.
            ///
            /// If only a marker of yours classifies the error, [erase](crate::Policy::erase) the policy.
            pub fn new(policy: P) -> Self {
                Self::from_parts(policy, Hooks::NONE, DefaultTimer)
            }
        }

        impl<P $(: $bound)?, U, R, G, C> $name<P, Hooks<U, R, G>, C> {
            /// Sets which responses end the call. Any other is a failure of class
            /// [`Transient`](crate::Class::Transient). When attempts run out, the last response is returned.
            pub fn until<T, N>(self, until: N) -> $name<P, Hooks<N, R, G>, C>
            where
                N: Fn(&T) -> bool,
            {
                let (policy, hooks, timer) = self.into_parts();
                $name::from_parts(policy, hooks.until(until), timer)
            }

            /// Sets a callback that runs before each wait.
            pub fn on_retry<E, N>(self, on_retry: N) -> $name<P, Hooks<U, N, G>, C>
            where
                N: Fn(&RetryEvent<'_, E>),
            {
                let (policy, hooks, timer) = self.into_parts();
                $name::from_parts(policy, hooks.on_retry(on_retry), timer)
            }

            /// Sets a callback that runs when an attempt has failed and no further one follows.
            pub fn on_give_up<E, N>(self, on_give_up: N) -> $name<P, Hooks<U, R, N>, C>
            where
                N: Fn(&GiveUpEvent<'_, E>),
            {
                let (policy, hooks, timer) = self.into_parts();
                $name::from_parts(policy, hooks.on_give_up(on_give_up), timer)
            }

            /// Sets the timer that waits before retries. Default: [`DefaultTimer`].
            pub fn timer<N: Timer>(self, timer: N) -> $name<P, Hooks<U, R, G>, N> {
                let (policy, hooks, _) = self.into_parts();
                $name::from_parts(policy, hooks, timer)
            }
        }
    };
}
use setters;
