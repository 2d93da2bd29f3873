//! `RetryFuture`: one request, with its retries. The driver of the tower layer.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::Arc;

use pin_project_lite::pin_project;
use tower_service::Service;

use super::RetryLayer;
use crate::classify::Rule;
use crate::driver::{CallState, Hooks, OnGiveUp, OnRetry, Phase, Until, enter_attempt};
use crate::measure::Stopwatch;
use crate::policy::{AsPolicy, Limited};
use crate::timer::Timer;

pin_project! {
    /// The response to one request. Made by [`RetryService`](super::RetryService).
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct RetryFuture<S, Request, P, H, C>
    where
        S: Service<Request>,
        C: Timer,
        P: AsPolicy,
        P::Limit: Limited<Result<S::Response, S::Error>, C>,
    {
        // The first attempt is made on it, as it is ready; each other one on a clone.
        service: S,
        // `None`: the last attempt has it.
        request: Option<Request>,
        layer: Arc<RetryLayer<P, H, C>>,
        pinned: P::Pinned,
        call: CallState<Stopwatch<C>>,
        #[pin]
        phase: Phase<
            <P::Limit as Limited<Result<S::Response, S::Error>, C>>::Attempt<Attempt<S, Request>>,
            C::Sleep,
            <P::Limit as Limited<Result<S::Response, S::Error>, C>>::Kept,
        >,
    }
}

pin_project! {
    /// One attempt. Public because the type of a future shows it.
    #[project = AttemptProjected]
    pub enum Attempt<S, Request>
    where
        S: Service<Request>,
    {
        Readying { service: S, request: Option<Request> },
        Calling { #[pin] response: S::Future },
    }
}

impl<S: Service<Request>, Request> Future for Attempt<S, Request> {
    type Output = Result<S::Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let response = match self.as_mut().project() {
                AttemptProjected::Readying { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    match request.take() {
                        Some(request) => service.call(request),
                        // The phase becomes `Calling` below, so this arm does not run again after it took the request.
                        None => unreachable!("the request is taken once"),
                    }
                }
                AttemptProjected::Calling { response } => return response.poll(cx),
            };
            self.set(Attempt::Calling { response });
        }
    }
}

impl<S, Request, P, H, C> RetryFuture<S, Request, P, H, C>
where
    S: Service<Request>,
    C: Timer + Clone,
    P: AsPolicy,
    P::Limit: Limited<Result<S::Response, S::Error>, C>,
{
    pub(super) fn new(service: S, request: Request, layer: Arc<RetryLayer<P, H, C>>) -> Self {
        let call = CallState::new(Stopwatch::new(layer.timer.clone()));
        let pinned = layer.policy.pin();
        Self {
            service,
            request: Some(request),
            layer,
            pinned,
            call,
            phase: Phase::idle(),
        }
    }
}

impl<S, Request, P, U, R, G, C> Future for RetryFuture<S, Request, P, Hooks<U, R, G>, C>
where
    S: Service<Request> + Clone,
    Request: Clone,
    P: AsPolicy,
    P::On: Rule<S::Error>,
    P::Limit: Limited<Result<S::Response, S::Error>, C>,
    U: Until<S::Response>,
    R: OnRetry<S::Error>,
    G: OnGiveUp<S::Error>,
    C: Timer,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let RetryLayer {
            policy,
            hooks,
            timer,
        } = &**this.layer;
        let policy = policy.as_policy(this.pinned);
        let settings = &policy.settings;
        loop {
            let mut too_late = None;
            let begins = !this.phase.is_attempt();
            if begins && !this.call.has_begun() {
                let call = &mut *this.call;
                call.begin(settings, &policy.budget, Hooks::<U, R, G>::listen());
                let check = || call.give_up_if_past_deadline();
                too_late = policy.limit.too_late(check);
            } else if begins {
                let phase = this.phase.as_mut();
                if let Some(outcome) = ready!(phase.poll_wait(cx, this.call, policy, hooks)) {
                    return Poll::Ready(outcome);
                }
            }
            let outcome = match too_late {
                Some(outcome) => outcome,
                None => {
                    #[cfg(feature = "test-util")]
                    let in_attempt = this.call.enter();
                    let call = &*this.call;
                    // `call` of a service may do as much as the future that it returns, and is in the attempt as well.
                    let (polled, effects) = enter_attempt(call, || {
                        if begins {
                            let request = if call.attempt() < call.max_attempts(settings) {
                                this.request.clone()
                            } else {
                                this.request.take()
                            };
                            let attempt = match request {
                                Some(request) if call.attempt() == 1 => Attempt::Calling {
                                    response: this.service.call(request),
                                },
                                request => Attempt::Readying {
                                    service: this.service.clone(),
                                    request,
                                },
                            };
                            let remaining = || call.attempt_limit(settings.attempt_timeout);
                            let attempt = policy.limit.limited(attempt, timer, remaining);
                            this.phase.as_mut().begin_attempt(attempt);
                        }
                        match this.phase.as_mut().attempt() {
                            Some(attempt) => attempt.poll(cx),
                            // It has begun above, or `begins` is false.
                            None => unreachable!("the attempt has begun"),
                        }
                    });
                    #[cfg(feature = "test-util")]
                    this.call.leave(in_attempt);
                    if let Some(effects) = effects {
                        this.call.absorb(effects);
                    }
                    ready!(polled)
                }
            };
            // An attempt that was cut off is dropped here, before the hooks run: they can use what it held.
            this.phase.as_mut().end_attempt();
            let (call, phase) = (&mut *this.call, this.phase.as_mut());
            let (settings, budget) = (&policy.settings, &policy.budget);
            let (name, last) = (&settings.name, outcome.as_ref());
            if call.settle_success(settings, name, budget, last, &hooks.until) {
                return Poll::Ready(outcome);
            }
            if let Some(outcome) = phase.fail(call, policy, hooks, outcome) {
                return Poll::Ready(outcome);
            }
        }
    }
}

impl<S, Request, P, H, C> fmt::Debug for RetryFuture<S, Request, P, H, C>
where
    S: Service<Request>,
    C: Timer,
    P: AsPolicy,
    P::Limit: Limited<Result<S::Response, S::Error>, C>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture")
            .field("attempt", &self.call.attempt())
            .finish_non_exhaustive()
    }
}

impl<S: Service<Request>, Request> fmt::Debug for Attempt<S, Request> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").finish_non_exhaustive()
    }
}
