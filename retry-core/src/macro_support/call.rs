//! A call of an annotated function: how it begins, and what follows from the end of each attempt.

use core::time::Duration;

use super::outcome::Outcome;
use crate::backoff::Backoff;
use crate::budget::{NoBudget, RetryBudget};
use crate::class::On;
use crate::classify::{Classify, Rule};
use crate::driver::{CallState, Hooks, OnGiveUp, OnRetry, Until};
use crate::measure::{Measure, Stopwatch, Untimed};
use crate::policy::{Name, Policy};
use crate::timer::Clock;

/// The base of every shape, if the attribute has none: as in `Policy::new`.
pub const DEFAULT_BASE: Duration = Duration::from_millis(100);

/// Checks the value of `max = …` if the macro cannot: the message uses the attribute's word.
///
/// # Panics
///
/// If `max` is 0. In a `const`, as in generated code, this is a compile error.
#[track_caller]
pub const fn max<B, O, L, T>(policy: Policy<B, O, L, T>, max: u32) -> Policy<B, O, L, T> {
    assert!(
        max > 0,
        "`max` counts the first call too, so it must be at least 1"
    );
    policy.max_attempts(max)
}

/// The policy of a method whose type the macro does not see. `owner` is `type_name::<Self>`.
pub const fn method<B, O, L, T>(
    mut policy: Policy<B, O, L, T>,
    path: &'static str,
    owner: fn() -> &'static str,
) -> Policy<B, O, L, T> {
    policy.settings.name = Name::of_method(path, owner);
    policy
}

/// The call begins. `timed`: a hook will ask how long it has taken.
///
/// The budget is passed separately, because a `const` policy cannot refer to a `static` that changes.
#[inline]
pub fn start<B, O, L, P, M: Measure>(
    policy: &Policy<B, O, L, P>,
    budget: &impl RetryBudget,
    measure: M,
    timed: bool,
) -> CallState<M> {
    let mut call = CallState::new(measure);
    call.begin(&policy.settings, budget, timed);
    call
}

/// Begins a call with only a policy: less for the compiler to check than [`start`].
#[inline]
pub fn start_common<B, L>(policy: &Policy<B, On, L>) -> CallState<Untimed> {
    start(policy, &NoBudget, Untimed::NEW, false)
}

/// Makes a clock that measures the call.
pub fn stopwatch<C: Clock>(clock: C) -> Stopwatch<C> {
    Stopwatch::new(clock)
}

/// Records the end of an attempt whose error classifies itself. Returns the call; with `Some`, wait, then make another
/// attempt.
///
/// The compiler shows the comment at the bound in its error about an ambiguous `Via`.
///
/// Functions with a time limit keep the outcome during the wait, and call this a second time after it, with
/// `waited`: `Some` if another attempt may still begin.
#[inline]
pub fn settle<B, L, P, M, R, Via, U, N, G>(
    call: CallState<M>,
    waited: bool,
    policy: &Policy<B, On, L, P>,
    budget: &impl RetryBudget,
    outcome: &R,
    hooks: &Hooks<U, N, G>,
) -> (CallState<M>, Option<Duration>)
where
    B: Backoff,
    M: Measure + Clone,
    R: Outcome,
    R::Error: Classify<Via>, // if several impls fit, write `via = Marker` in the attribute
    Via: ?Sized,
    U: Until<R::Value>,
    N: OnRetry<R::Error>,
    G: OnGiveUp<R::Error>,
{
    settle_by(call, waited, policy, budget, &policy.on, outcome, hooks)
}

/// Records the end of an attempt with only a policy: less for the compiler to check than [`settle`].
#[inline]
pub fn settle_common<B, L, R, Via>(
    call: CallState<Untimed>,
    policy: &Policy<B, On, L>,
    outcome: &R,
) -> (CallState<Untimed>, Option<Duration>)
where
    B: Backoff,
    R: Outcome,
    R::Error: Classify<Via>, // if several impls fit, write `via = Marker` in the attribute
    Via: ?Sized,
{
    let (budget, hooks) = (&NoBudget, &Hooks::NONE);
    settle(call, false, policy, budget, outcome, hooks)
}

/// The attempt has ended, and `rule` says what its error is. As [`settle`].
#[inline]
pub fn settle_by<B, O, L, P, M, R, Via: ?Sized, U, N, G>(
    mut call: CallState<M>,
    waited: bool,
    policy: &Policy<B, O, L, P>,
    budget: &impl RetryBudget,
    rule: &impl Rule<R::Error, Via>,
    outcome: &R,
    hooks: &Hooks<U, N, G>,
) -> (CallState<M>, Option<Duration>)
where
    B: Backoff,
    M: Measure + Clone,
    R: Outcome,
    U: Until<R::Value>,
    N: OnRetry<R::Error>,
    G: OnGiveUp<R::Error>,
{
    let outcome = outcome.as_result();
    if waited {
        let is_late = call.settle_wait(policy, rule, outcome, hooks);
        return (call, (!is_late).then_some(Duration::ZERO));
    }
    // Lending the call could change its overrides, for all that the compiler knows.
    let pinned = call.pinned();
    // Copies: what is lent to a function that is not inlined must be in memory, for every other success too.
    if call.accepts(budget, outcome, &hooks.until) {
        if call.is_success_wanted(&policy.settings) {
            let call = call.hand_back();
            call.report_success(&policy.settings, &policy.settings.name);
            return (call.with_pinned(pinned), None);
        }
        return (call, None);
    }
    let mut call = call.hand_back();
    let settled = call.settle_failure(policy, budget, rule, outcome.err(), hooks);
    (call.with_pinned(pinned), settled)
}
