//! A client: calls, waits for the response, retries, pauses, and calls again.
//!
//! A million clients wait at once, so each is small: it has the state of its calls that an annotated function keeps in
//! its future, a third of a [`Retry`](retryable::Retry), and lends the policy and the budget to every decision.

use std::time::Duration;

use retryable::__private_0_1::{CallState, Hooks, attempt_blocking, settle, start};
use retryable::{Class, Classify, NoBudget};

use crate::clock::Times;
use crate::policies::{SharedBudget, SimPolicy};

/// The average pause between two calls.
pub(crate) const PAUSE: Duration = Duration::from_secs(20);

type Call = CallState<Times>;

pub(crate) struct Client<const LAYERS: usize> {
    /// The time of the next event, in milliseconds. An event at another time is out of date.
    pub(crate) due: u32,
    /// How many layers have a call in progress, the outermost first: none below a layer that is about to retry.
    layers: u32,
    calls: [Call; LAYERS],
}

/// A request that failed.
struct Fault(Class);

impl Classify for Fault {
    fn classify(&self) -> Class {
        self.0
    }
}

impl<const LAYERS: usize> Client<LAYERS> {
    pub(crate) fn new(due: u32, policy: &SimPolicy) -> Self {
        Self {
            due,
            layers: 0,
            // Each is replaced when its layer begins a call.
            calls: std::array::from_fn(|_| start(policy, &NoBudget, Times::NEVER, false)),
        }
    }

    /// Reads the whole client.
    pub(crate) fn touch(&self) -> impl Sized {
        (self.due, self.calls.clone())
    }

    /// Whether no call is in progress.
    pub(crate) fn is_idle(&self) -> bool {
        self.layers == 0
    }

    /// Begins an attempt, and the calls of the layers below the layer that makes it.
    pub(crate) fn begin(&mut self, policy: &SimPolicy, budgets: &[SharedBudget; LAYERS]) {
        let begun = self.layers as usize;
        for (call, budget) in self.calls[begun..].iter_mut().zip(&budgets[begun..]) {
            *call = start(policy, budget, Times::NEVER, false);
        }
        self.layers = u32::try_from(LAYERS).expect("at most three");
    }

    /// Returns whether a limit of the call lets its next attempt begin.
    pub(crate) fn can_begin(&self, max_elapsed: Option<Duration>) -> bool {
        let mut begun = self.calls[..self.layers as usize].iter();
        begun.all(|call| call.can_begin(max_elapsed))
    }

    /// Returns how long the attempt that begins now may take. All layers have one policy, so the deadline of the
    /// outermost one is the earliest.
    pub(crate) fn limit(&self, attempt_timeout: Duration) -> Duration {
        let limit = self.calls[0].attempt_limit(Some(attempt_timeout));
        limit.unwrap_or(attempt_timeout)
    }

    /// The call is over without a response.
    pub(crate) fn abandon(&mut self) {
        self.layers = 0;
    }

    pub(crate) fn succeeded(&mut self, policy: &SimPolicy, budgets: &[SharedBudget; LAYERS]) {
        for (call, budget) in self.calls.iter().zip(budgets) {
            let outcome = Ok::<(), Fault>(());
            let _ = settle(call.clone(), false, policy, budget, &outcome, &Hooks::NONE);
        }
        self.layers = 0;
    }

    /// Returns the wait before the next attempt; `None` if the outermost layer gives up.
    pub(crate) fn failed(
        &mut self,
        policy: &SimPolicy,
        budgets: &[SharedBudget; LAYERS],
        class: Class,
    ) -> Option<Duration> {
        let (layers, wait) = fail(&mut self.calls, policy, budgets, &Err(Fault(class)));
        self.layers = layers;
        wait
    }
}

/// Lets the innermost layer decide and, if it gives up, the layer that encloses it: each within the attempts of its
/// enclosing layers, as in a program. Returns how many layers still have a call.
fn fail(
    calls: &mut [Call],
    policy: &SimPolicy,
    budgets: &[SharedBudget],
    outcome: &Result<(), Fault>,
) -> (u32, Option<Duration>) {
    let Some((outer, inner)) = calls.split_first_mut() else {
        return (0, None);
    };
    if !inner.is_empty() {
        let nested = || fail(inner, policy, &budgets[1..], outcome);
        if let (layers, Some(wait)) = attempt_blocking(outer, nested) {
            return (layers + 1, Some(wait));
        }
    }
    let (call, wait) = settle(
        outer.clone(),
        false,
        policy,
        &budgets[0],
        outcome,
        &Hooks::NONE,
    );
    *outer = call;
    (u32::from(wait.is_some()), wait)
}
