//! What the code that `#[retryable(policy = …)]` generates calls.
//!
//! Another thread may replace the policy that the expression returns. So it is evaluated once to begin, and once per
//! decision. Of a `LivePolicy`, the call keeps the policy that it began with. The check for a late wait and the limit of the next attempt use the policy of the decision before them,
//! so that no decision mixes two policies.

use core::time::Duration;

use super::outcome::Outcome;
use super::time_limit::{PolicyLimit, policy_limit};
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::class::Class;
use crate::classify::Rule;
use crate::driver::{self, CallState, Hooks, Judged, NoHook, OnGiveUp, OnRetry, Until};
use crate::measure::Measure;
use crate::policy::{AsPolicy, BlockingLimit, Name, Policy};

/// Begins a call under `policy = …`. Returns the limit of its first attempt too, and the policy to keep if the expression
/// is a [`LivePolicy`](crate::LivePolicy). `name` is that of the function.
#[cfg_attr(not(feature = "overrides"), inline)]
#[cfg_attr(
    feature = "overrides",
    inline(always),
    expect(
        clippy::inline_always,
        reason = "the compiler counts the two ways in which a call begins, and then keeps every call in memory"
    )
)]
pub fn start_policy<P, M: Measure>(
    source: &P,
    name: &Name,
    measure: M,
    timed: bool,
) -> (P::Pinned, CallState<M>, PolicyLimit<P::Limit>)
where
    P: AsPolicy<Limit: Copy>,
{
    let pinned = source.pin();
    let policy = source.as_policy(&pinned);
    let mut call = CallState::new(measure);
    call.begin_as(name, &policy.settings, &policy.budget, timed);
    let limit = policy_limit(policy);
    (pinned, call, limit)
}

/// Checks the policy of a blocking function, which cannot cut attempts off.
pub fn blocking_policy<B, O, L, T>(policy: &Policy<B, O, L, T>) -> &Policy<B, O, L, T>
where
    L: BlockingLimit,
{
    policy
}

/// A decision about an attempt that failed, or about a wait that ended too late, under `policy = …`.
#[derive(Debug)]
pub struct Decided<L> {
    judged: Judged,
    next: PolicyLimit<L>,
    observed: driver::Kept,
}

/// The part of a decision that is needed after its wait.
#[derive(Debug)]
pub struct Waiting<L> {
    next: PolicyLimit<L>,
    class: Class,
    max_attempts: u32,
    observed: driver::Kept,
}

/// Decides after an attempt under `policy = …`. `None`: it succeeded.
///
/// Settings, budget, rule and the next attempt's limit come from one reference, because another thread may replace
/// the policy, and a decision must not mix two policies.
#[inline]
pub fn decide<B, O, L, P, M, R, Via: ?Sized>(
    call: &mut CallState<M>,
    policy: &Policy<B, O, L, P>,
    outcome: &R,
    name: &Name,
    until: &impl Until<R::Value>,
) -> Option<Decided<L>>
where
    B: Backoff,
    O: Rule<R::Error, Via>,
    L: Copy,
    P: RetryBudget,
    M: Measure,
    R: Outcome,
{
    let outcome = outcome.as_result();
    if call.settle_success(&policy.settings, name, &policy.budget, outcome, until) {
        return None;
    }
    Some(decide_failure(call, policy, outcome.err(), name))
}

/// The part of [`decide`] for a failure. Apart, so that a success does not pay for it.
#[cold]
#[inline(never)]
fn decide_failure<B, O, L, P, M, E, Via: ?Sized>(
    call: &mut CallState<M>,
    policy: &Policy<B, O, L, P>,
    error: Option<&E>,
    name: &Name,
) -> Decided<L>
where
    B: Backoff,
    O: Rule<E, Via>,
    L: Copy,
    P: RetryBudget,
    M: Measure,
{
    let judged = call.judge(policy, &policy.budget, &policy.on, error, name);
    let observed = driver::Kept::new(&policy.settings, &policy.on, error, &judged);
    Decided {
        judged,
        next: policy_limit(policy),
        observed,
    }
}

/// Returns the limit of the attempt that begins after a wait, or the decision to make none because the wait ended too
/// late. Both use the policy of the decision before the wait.
pub fn decide_after_wait<L, M: Measure>(
    call: &mut CallState<M>,
    waiting: Waiting<L>,
    name: &Name,
) -> Result<PolicyLimit<L>, Decided<L>> {
    let Waiting {
        next,
        class,
        max_attempts,
        observed,
    } = waiting;
    let Some(judged) = call.judge_wait(next.max_elapsed, class, max_attempts) else {
        return Ok(next);
    };
    call.observe_kept(&observed, &judged, name);
    Err(Decided {
        judged,
        next,
        observed,
    })
}

/// Calls the hooks. `Some`: wait, then call [`decide_after_wait`].
pub fn notify<L, M, R, N, G>(
    call: &CallState<M>,
    decided: Decided<L>,
    outcome: &R,
    name: &Name,
    hooks: &Hooks<NoHook, N, G>,
) -> Option<(Duration, Waiting<L>)>
where
    M: Measure,
    R: Outcome,
    N: OnRetry<R::Error>,
    G: OnGiveUp<R::Error>,
{
    let judged = decided.judged;
    let waiting = Waiting {
        next: decided.next,
        class: judged.class,
        max_attempts: judged.max_attempts,
        observed: decided.observed,
    };
    let delay = call.notify(judged, name, outcome.as_result().err(), hooks)?;
    Some((delay, waiting))
}

/// Returns the policy.
///
/// The compiler reports an unclassified error at the argument whose type has the rule. The macro writes this
/// call at the function's error type, where the message belongs.
pub fn decides<B, O, L, P>(policy: &Policy<B, O, L, P>) -> &Policy<B, O, L, P> {
    policy
}
