//! The attempts of a call, each of them current while it is polled or called.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Call, Measure};
use crate::context::enter;

/// Runs `attempt` with the attempt of `call` as the current one.
#[inline]
pub(crate) fn within<M: Measure, T>(call: &mut Call<M>, attempt: impl FnOnce() -> T) -> T {
    let (outcome, left) = enter(call.frame(), attempt);
    if let Some(left) = left {
        call.absorb(left);
    }
    outcome
}

pin_project! {
    /// An attempt that is the current one while it is polled.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct InAttempt<'c, M, F> {
        call: &'c mut Call<M>,
        #[pin]
        attempt: F,
    }
}

impl<'c, M, F> InAttempt<'c, M, F> {
    pub(crate) fn new(call: &'c mut Call<M>, attempt: F) -> Self {
        Self { call, attempt }
    }
}

impl<M: Measure, F: Future> Future for InAttempt<'_, M, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let attempt = this.attempt;
        within(this.call, || attempt.poll(cx))
    }
}
