//! Where a call is, in a driver that is written as a future: `policy.run(..)` and the tower layer.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::call_state::CallState;
use super::hooks::{Hooks, OnGiveUp, OnRetry};
use super::pause::Pause;
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::classify::Rule;
use crate::measure::Measure;
use crate::policy::{Limited, Policy};
use crate::timer::Timer;

pin_project! {
    /// What the call does now. `Attempt` without an attempt: it has not begun, or has ended.
    // An `Option`, because the end of an attempt then drops no more than the attempt. The code that drops any phase is
    // a function that every call would call three times, as it drops the timer.
    #[project = PhaseProjected]
    #[project_replace = PhaseReplaced]
    pub(crate) enum Phase<A, S, O> {
        Attempt { #[pin] attempt: Option<A> },
        // The outcome of the attempt before the wait, if the call may end with it.
        Wait { #[pin] pause: Pause<S>, kept: O },
    }
}

impl<A, S, O> Phase<A, S, O> {
    /// No attempt, and no wait. A function and not a constant, which would be copied with all its padding.
    #[inline]
    pub(crate) fn idle() -> Self {
        Self::Attempt { attempt: None }
    }

    /// Whether an attempt is in progress.
    #[inline]
    pub(crate) fn is_attempt(&self) -> bool {
        matches!(self, Self::Attempt { attempt: Some(_) })
    }

    /// Begins an attempt.
    #[inline]
    pub(crate) fn begin_attempt(self: Pin<&mut Self>, begun: A) {
        if let PhaseProjected::Attempt { mut attempt } = self.project() {
            attempt.set(Some(begun));
        }
    }

    /// Returns the attempt that is in progress.
    #[inline]
    pub(crate) fn attempt(self: Pin<&mut Self>) -> Option<Pin<&mut A>> {
        match self.project() {
            PhaseProjected::Attempt { attempt } => attempt.as_pin_mut(),
            PhaseProjected::Wait { .. } => None,
        }
    }

    /// Drops the attempt.
    #[inline]
    pub(crate) fn end_attempt(self: Pin<&mut Self>) {
        if let PhaseProjected::Attempt { mut attempt } = self.project() {
            attempt.set(None);
        }
    }
}

impl<A, S: Future<Output = ()>, O> Phase<A, S, O> {
    /// Polls the wait before the next attempt. `Some`: it ended too late for another attempt, so that the call ends
    /// with this outcome.
    #[cold]
    #[inline]
    pub(crate) fn poll_wait<M, B, L, P, V, E, C, Ru, Via: ?Sized, U, R, G>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        call: &mut CallState<M>,
        policy: &Policy<B, Ru, L, P>,
        hooks: &Hooks<U, R, G>,
    ) -> Poll<Option<Result<V, E>>>
    where
        M: Measure,
        Ru: Rule<E, Via>,
        C: Timer<Sleep = S>,
        L: Limited<Result<V, E>, C, Kept = O>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        match self.as_mut().project() {
            PhaseProjected::Wait { pause, .. } => ready!(pause.poll(cx)),
            PhaseProjected::Attempt { .. } => panic!("a call was polled after it had ended"),
        }
        let PhaseReplaced::Wait { kept, .. } = self.project_replace(Self::idle()) else {
            return Poll::Ready(None);
        };
        let outcome = L::kept(kept)
            .filter(|outcome| call.settle_wait(policy, &policy.on, outcome.as_ref(), hooks));
        Poll::Ready(outcome)
    }

    /// The attempt that was dropped last has failed with this outcome. Returns it if the call ends with it; otherwise
    /// the wait begins.
    // The outcome by value: what is lent to a function that is not inlined must be in memory, for a success too.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail<M, B, L, P, V, E, C, Ru, Via: ?Sized, U, R, G>(
        mut self: Pin<&mut Self>,
        call: &mut CallState<M>,
        policy: &Policy<B, Ru, L, P>,
        hooks: &Hooks<U, R, G>,
        outcome: Result<V, E>,
    ) -> Option<Result<V, E>>
    where
        M: Measure<Clock = C>,
        B: Backoff,
        P: RetryBudget,
        Ru: Rule<E, Via>,
        C: Timer<Sleep = S>,
        L: Limited<Result<V, E>, C, Kept = O>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let error = outcome.as_ref().err();
        let Some(delay) = call.settle_failure(policy, &policy.budget, &policy.on, error, hooks)
        else {
            return Some(outcome);
        };
        let pause = Pause::new(call.measure.clock(), delay);
        let kept = policy.limit.keep(outcome);
        self.set(Self::Wait { pause, kept });
        None
    }
}
