//! A client: calls, waits for the response, retries, pauses, and calls again.

use std::time::Duration;

use retryable::{Class, Decision, Retry};

use crate::events::SimClock;
use crate::policies::SimPolicy;
use crate::server::TIMEOUT;

/// The average pause between two calls.
pub(crate) const PAUSE: Duration = Duration::from_secs(20);

type SimRetry<'a> = Retry<'a, &'a SimPolicy<'a>, SimClock<'a>>;

pub(crate) struct Client<'a, const LAYERS: usize> {
    /// The time of the next event, in milliseconds. An event at another time is out of date.
    pub(crate) due: u32,
    /// The call in every layer, outermost first; `None` below a layer that is about to retry.
    calls: [Option<SimRetry<'a>>; LAYERS],
}

impl<'a, const LAYERS: usize> Client<'a, LAYERS> {
    pub(crate) fn new(due: u32) -> Self {
        Self {
            due,
            calls: [const { None }; LAYERS],
        }
    }

    /// Whether no call is in progress.
    pub(crate) fn is_idle(&self) -> bool {
        self.calls[0].is_none()
    }

    /// Begins an attempt, and the calls of the layers below the layer that makes it.
    pub(crate) fn begin(&mut self, policies: &'a [SimPolicy<'a>; LAYERS], clock: SimClock<'a>) {
        for (call, policy) in self.calls.iter_mut().zip(policies) {
            if call.is_none() {
                *call = Some(policy.start_with(clock));
            }
        }
    }

    /// Returns whether a limit of the call lets its next attempt begin. Without one, reads no clock.
    pub(crate) fn can_begin(&self) -> bool {
        self.calls.iter().flatten().all(Retry::can_begin)
    }

    /// Returns how long the attempt that begins now may take. All layers have one policy, so the deadline of the
    /// outermost one is the earliest.
    pub(crate) fn limit(&self) -> Duration {
        let limit = self.calls[0].as_ref().and_then(Retry::attempt_limit);
        limit.unwrap_or(TIMEOUT)
    }

    /// The call is over without a response.
    pub(crate) fn abandon(&mut self) {
        self.calls.fill_with(|| None);
    }

    pub(crate) fn succeeded(&mut self) {
        for call in &mut self.calls {
            if let Some(call) = call.take() {
                call.succeeded();
            }
        }
    }

    /// Returns the wait before the next attempt; `None` if the outermost layer gives up.
    pub(crate) fn failed(&mut self, class: Class) -> Option<Duration> {
        let (layer, decision) = decide(&mut self.calls, class);
        match decision {
            Decision::Wait(delay) => {
                self.calls[layer + 1..].fill_with(|| None);
                Some(delay)
            }
            Decision::Stop(_) => {
                self.abandon();
                None
            }
        }
    }
}

/// Lets the innermost layer decide and, if it gives up, the layer that encloses it: each within the attempts of its
/// enclosing layers, as in a program. Returns which layer retries.
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
