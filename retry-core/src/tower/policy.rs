//! `RetryPolicy`: a policy of this crate for tower's own retry layer.

use ::tower::retry;

use super::setters;
use crate::classify::Rule;
use crate::driver::{CallState, Hooks, OnGiveUp, OnRetry, Pause, Until};
use crate::event::{GiveUpEvent, RetryEvent};
use crate::measure::Stopwatch;
use crate::policy::{AsPolicy, BlockingLimit};
use crate::timer::{DefaultTimer, Timer};

/// A policy of this crate as a `tower::retry::Policy`, for stacks that have a `tower::retry::Retry`.
///
/// It counts, waits and gives up by the same rules as [`RetryLayer`](super::RetryLayer). But tower makes the attempts, and this
/// type sees only their outcomes:
///
/// - Nothing is cut off, so a policy with [`attempt_timeout`](crate::Policy::attempt_timeout) or
///   [`deadline`](crate::Policy::deadline) does not compile. A [`DynPolicy`](crate::DynPolicy) with one compiles: no wait passes
///   the deadline, but attempts take as long as they take.
/// - [`attempt()`](crate::attempt()) is that of the enclosing call, and nested retries do not know of this call.
/// - After a wait that ends too late for [`max_elapsed`](crate::Policy::max_elapsed), one more attempt is made.
///
/// Each call keeps the policy that it began with, if the policy is a `LivePolicy` that is replaced meanwhile.
///
/// # Examples
///
/// ```
/// use retryable::tower::RetryPolicy;
/// use retryable::{Classified, Policy, transient};
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use tower::{Layer, ServiceExt, retry::RetryLayer};
///
/// static CALLS: AtomicU32 = AtomicU32::new(0);
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Classified<&'static str>> {
/// let inner = tower::service_fn(async |_: ()| match CALLS.fetch_add(1, Relaxed) {
///     0 => Err(transient("busy")),
///     calls => Ok(calls),
/// });
/// let service = RetryLayer::new(RetryPolicy::new(Policy::new())).layer(inner);
/// assert_eq!(service.oneshot(()).await?, 1);
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # use retryable::tower::RetryPolicy;
/// # use retryable::{Policy, TimedOut};
/// # use std::time::Duration;
/// # fn assert_policy(_: impl tower::retry::Policy<(), (), std::io::Error>) {}
/// # assert_policy(RetryPolicy::new(Policy::new().max_elapsed(Duration::from_secs(9))));
/// # fn is_refused() {
/// assert_policy(RetryPolicy::new(Policy::new().deadline(Duration::from_secs(9))));
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a policy does nothing until a layer has it"]
pub struct RetryPolicy<P: AsPolicy, H = Hooks, C = DefaultTimer> {
    policy: P,
    hooks: H,
    timer: C,
    call: Option<Call<P::Pinned, C>>,
}

/// A call, and what it keeps of its policy.
#[derive(Clone, Debug)]
struct Call<K, C> {
    pinned: K,
    state: CallState<Stopwatch<C>>,
}

impl<P: AsPolicy, H, C> RetryPolicy<P, H, C> {
    fn from_parts(policy: P, hooks: H, timer: C) -> Self {
        Self {
            policy,
            hooks,
            timer,
            call: None,
        }
    }

    fn into_parts(self) -> (P, H, C) {
        (self.policy, self.hooks, self.timer)
    }
}

setters!(RetryPolicy: AsPolicy);

impl<Request, Response, E, P, U, R, G, C> retry::Policy<Request, Response, E>
    for RetryPolicy<P, Hooks<U, R, G>, C>
where
    Request: Clone,
    P: AsPolicy,
    P::On: Rule<E>,
    P::Limit: BlockingLimit,
    U: Until<Response>,
    R: OnRetry<E>,
    G: OnGiveUp<E>,
    C: Timer + Clone,
{
    /// The wait before the next attempt.
    type Future = Pause<C::Sleep>;

    fn retry(&mut self, _: &mut Request, result: &mut Result<Response, E>) -> Option<Self::Future> {
        let outcome = result.as_ref();
        // Not `None` unless the caller is no `tower::retry::Retry`: `clone_request` comes first.
        let call = self.call.as_mut()?;
        let policy = self.policy.as_policy(&call.pinned);
        let delay = call
            .state
            .settle(policy, &policy.budget, &policy.on, outcome, &self.hooks)?;
        Some(Pause::new(&self.timer, delay))
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        // tower calls this on the policy of the service at the beginning of each call, and makes the call with a clone
        // of the policy. The call of the service's own policy never gets past its first attempt.
        let is_new = |call: &Call<_, _>| call.state.attempt() == 1;
        if self.call.as_ref().is_none_or(is_new) {
            let pinned = self.policy.pin();
            let policy = self.policy.as_policy(&pinned);
            let mut state = CallState::new(Stopwatch::new(self.timer.clone()));
            let timed = Hooks::<U, R, G>::listen::<E>();
            state.begin(&policy.settings, &policy.budget, timed);
            self.call = Some(Call { pinned, state });
        }
        Some(request.clone())
    }
}
