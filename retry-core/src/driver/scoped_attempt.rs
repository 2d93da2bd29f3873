//! The attempts of a call: each is current while it is polled or called.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::CallState;
use crate::context::{AttemptEffects, enter};
use crate::measure::Measure;

/// Runs `code` in the current attempt of `call`, with its deadline. Returns what `code` left behind.
///
/// Two branches, and not an optional guard: with the default timer, the compiler then removes the first one.
#[inline]
pub(crate) fn enter_attempt<M: Measure, T>(
    call: &CallState<M>,
    code: impl FnOnce() -> T,
) -> (T, Option<AttemptEffects>) {
    match call.foreign_deadline() {
        Some(deadline) => {
            let _restored_at_the_end = deadline.enter();
            enter(call.packed(), || call.scope(), code)
        }
        None => enter(call.packed(), || call.scope(), code),
    }
}

/// Runs `attempt` with the attempt of `call` as the current one.
#[inline]
pub(crate) fn run_scoped<M: Measure, T>(call: &mut CallState<M>, attempt: impl FnOnce() -> T) -> T {
    #[cfg(feature = "test-util")]
    let in_attempt = call.enter();
    let (outcome, effects) = enter_attempt(call, attempt);
    #[cfg(feature = "test-util")]
    call.leave(in_attempt);
    if let Some(effects) = effects {
        call.absorb(effects);
    }
    outcome
}

pin_project! {
    /// An attempt that is the current one while it is polled. It owns its call, and returns it with the outcome: the
    /// future of the call then stores no reference to its own state.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct OwningAttempt<M, F> {
        call: CallState<M>,
        #[pin]
        attempt: F,
    }
}

impl<M, F> OwningAttempt<M, F> {
    pub(crate) fn new(call: CallState<M>, attempt: F) -> Self {
        Self { call, attempt }
    }
}

impl<M: Measure + Clone, F: Future> Future for OwningAttempt<M, F> {
    type Output = (CallState<M>, F::Output);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let attempt = this.attempt;
        run_scoped(this.call, || attempt.poll(cx)).map(|outcome| (this.call.hand_back(), outcome))
    }
}

pin_project! {
    /// An attempt that is the current one while it is polled.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct ScopedAttempt<'c, M, F> {
        call: &'c mut CallState<M>,
        #[pin]
        attempt: F,
    }
}

impl<'c, M, F> ScopedAttempt<'c, M, F> {
    pub(crate) fn new(call: &'c mut CallState<M>, attempt: F) -> Self {
        Self { call, attempt }
    }
}

impl<M: Measure, F: Future> Future for ScopedAttempt<'_, M, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let attempt = this.attempt;
        run_scoped(this.call, || attempt.poll(cx))
    }
}
