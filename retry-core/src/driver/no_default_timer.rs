//! `Policy::run` and `run_async` of a build without a timer: the message about them.

use core::future::Pending;

use crate::policy::Policy;

/// Nothing implements it. The bound on it names the features; a method that is not found does not.
#[diagnostic::on_unimplemented(
    message = "there is no timer to wait with between attempts",
    label = "this waits with the default timer",
    note = "enable the feature `tokio` or `smol`, or pass your own timer: `policy.run_with(timer, ..)`"
)]
pub trait HasDefaultTimer {}

impl<B, O, L, T> Policy<B, O, L, T> {
    #[doc(hidden)]
    pub fn run<F, R>(&self, _: F) -> Pending<R>
    where
        Self: HasDefaultTimer,
    {
        core::future::pending()
    }

    #[doc(hidden)]
    pub fn run_async<F, R>(&self, _: F) -> Pending<R>
    where
        Self: HasDefaultTimer,
    {
        core::future::pending()
    }
}
