//! The policy of a request, with its type erased, and a call under that policy.

use std::sync::Arc;

use retry_core::{
    AnyPolicy, Budget, DefaultTimer, GiveUpEvent, Hooks, NoHook, PolicyView, Retry, RetryEvent,
};

use crate::error::Error;

/// The policy of a request. `Sync`, so that the future of the call is `Send`.
pub(crate) type AnyHttpPolicy<'p> = dyn AnyPolicy<Error> + Sync + 'p;

/// The policy of a client, a middleware or a layer.
pub(crate) type SharedPolicy = Arc<dyn AnyPolicy<Error> + Send + Sync>;

pub(crate) type OnRetry<'p> = Box<dyn Fn(&RetryEvent<'_, Error>) + Send + 'p>;
pub(crate) type OnGiveUp<'p> = Box<dyn Fn(&GiveUpEvent<'_, Error>) + Send + 'p>;

/// One call in progress.
pub(crate) type HttpCall<'p> =
    Retry<'p, PolicyView<'p, Error>, DefaultTimer, Hooks<NoHook, OnRetry<'p>, OnGiveUp<'p>>>;

/// The hooks of one request. Without hooks, the call does not read the clock for them.
pub(crate) struct CallHooks<'p> {
    on_retry: Option<OnRetry<'p>>,
    on_give_up: Option<OnGiveUp<'p>>,
}

impl<'p> CallHooks<'p> {
    pub(crate) fn none() -> Self {
        Self {
            on_retry: None,
            on_give_up: None,
        }
    }

    /// Adds a hook, which runs after those that were added before.
    pub(crate) fn on_retry(&mut self, hook: impl Fn(&RetryEvent<'_, Error>) + Send + 'p) {
        self.on_retry = Some(match self.on_retry.take() {
            None => Box::new(hook),
            Some(first) => Box::new(move |event| {
                first(event);
                hook(event);
            }),
        });
    }

    /// Adds a hook, which runs after those that were added before.
    pub(crate) fn on_give_up(&mut self, hook: impl Fn(&GiveUpEvent<'_, Error>) + Send + 'p) {
        self.on_give_up = Some(match self.on_give_up.take() {
            None => Box::new(hook),
            Some(first) => Box::new(move |event| {
                first(event);
                hook(event);
            }),
        });
    }

    /// Makes the call measure its time for its report. A hook is enough for that: see [`begin`].
    pub(crate) fn measure(&mut self) {
        self.on_give_up.get_or_insert_with(|| Box::new(|_| {}));
    }
}

/// Begins a call. `budget` is the budget of the host.
#[inline]
pub(crate) fn begin<'p>(
    policy: &'p AnyHttpPolicy<'_>,
    budget: Option<&'p Budget>,
    hooks: CallHooks<'p>,
) -> HttpCall<'p> {
    let mut retry: Retry<'p, _, _> = policy.view().start_owned();
    if let Some(budget) = budget {
        retry = retry.budget(budget);
    }
    if hooks.on_retry.is_some() || hooks.on_give_up.is_some() {
        retry = retry.timed();
    }
    // The box of a closure that captures nothing does not allocate.
    let on_retry = hooks.on_retry.unwrap_or_else(|| Box::new(|_| {}));
    let on_give_up = hooks.on_give_up.unwrap_or_else(|| Box::new(|_| {}));
    retry.untimed_hooks(on_retry, on_give_up)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use retry_core::Policy;

    use super::*;

    #[test]
    fn a_call_reads_the_clock_only_for_a_hook_a_report_or_a_deadline() {
        let (plain, budget) = (Policy::new(), Budget::new(0.1));
        let deadline = Policy::new().deadline(Duration::from_secs(9));
        let is_timed = |policy: &AnyHttpPolicy<'_>, set: fn(&mut CallHooks<'_>)| {
            let mut hooks = CallHooks::none();
            set(&mut hooks);
            begin(policy, Some(&budget), hooks).elapsed().is_some()
        };
        assert!(!is_timed(&plain, |_| {}));
        assert!(is_timed(&plain, |hooks| hooks.on_retry(|_| {})));
        assert!(is_timed(&plain, |hooks| hooks.on_give_up(|_| {})));
        assert!(is_timed(&plain, |hooks| {
            hooks.measure();
        }));
        assert!(is_timed(&deadline, |_| {}));
    }
}
