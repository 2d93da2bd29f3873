//! A client: calls, waits for the answer, retries, thinks, and calls again.

use std::time::Duration;

use retryable::{Class, Decision, Retry};

use crate::events::SimClock;
use crate::policies::SimPolicy;

/// Between two calls, on average.
pub(crate) const THINKS: Duration = Duration::from_secs(20);

type SimRetry<'a> = Retry<'a, &'a SimPolicy<'a>, SimClock<'a>>;

pub(crate) struct Client<'a, const LAYERS: usize> {
    /// When, in milliseconds. An event at another time is out of date.
    pub(crate) due: u32,
    /// The call in every layer, from the outermost; `None` below a layer that is about to try again.
    calls: [Option<SimRetry<'a>>; LAYERS],
}

impl<'a, const LAYERS: usize> Client<'a, LAYERS> {
    pub(crate) fn new(due: u32) -> Self {
        Self {
            due,
            calls: [const { None }; LAYERS],
        }
    }

    /// Whether no call is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.calls[0].is_none()
    }

    /// An attempt begins, and with it the calls of the layers below the one that makes it.
    pub(crate) fn begin(&mut self, policies: &'a [SimPolicy<'a>; LAYERS], clock: SimClock<'a>) {
        for (call, policy) in self.calls.iter_mut().zip(policies) {
            if call.is_none() {
                *call = Some(policy.start_with(clock));
            }
        }
    }

    pub(crate) fn succeeded(&mut self) {
        for call in &mut self.calls {
            if let Some(call) = call.take() {
                call.succeeded();
            }
        }
    }

    /// The wait before the next attempt; `None` when the outermost layer gives up.
    pub(crate) fn failed(&mut self, class: Class) -> Option<Duration> {
        let (layer, decision) = decide(&mut self.calls, class);
        match decision {
            Decision::Wait(delay) => {
                self.calls[layer + 1..].fill_with(|| None);
                Some(delay)
            }
            Decision::Stop(_) => {
                self.calls.fill_with(|| None);
                None
            }
        }
    }
}

/// Asks the innermost layer, and the one around it where it gives up: each in the attempt of the layers
/// around it, as it would be in a program. Says which layer goes on.
fn decide(calls: &mut [Option<SimRetry<'_>>], class: Class) -> (usize, Decision) {
    let (outer, inner) = calls.split_first_mut().expect("there is a layer");
    let outer = outer.as_mut().expect("the call has begun");
    if !inner.is_empty() {
        let (layer, decision) = outer.attempt_blocking(|| decide(inner, class));
        if let Decision::Wait(_) = decision {
            return (layer + 1, decision);
        }
    }
    (0, outer.decide(class))
}
