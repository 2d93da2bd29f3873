//! The policy of a request, of any type, and a call under it.

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

/// The hooks of one request.
pub(crate) struct CallHooks<'p> {
    pub(crate) on_retry: OnRetry<'p>,
    pub(crate) on_give_up: OnGiveUp<'p>,
    /// Whether a hook or a report needs the time that the call takes. If not, the clock is not read.
    pub(crate) timed: bool,
}

impl<'p> CallHooks<'p> {
    /// No hooks. Boxes of closures that capture nothing do not allocate.
    pub(crate) fn none() -> Self {
        Self {
            on_retry: Box::new(|_| {}),
            on_give_up: Box::new(|_| {}),
            timed: false,
        }
    }

    /// Adds a hook, which runs after those that were added before.
    pub(crate) fn on_retry(&mut self, hook: impl Fn(&RetryEvent<'_, Error>) + Send + 'p) {
        self.timed = true;
        let first = std::mem::replace(&mut self.on_retry, Box::new(|_| {}));
        self.on_retry = Box::new(move |event| {
            first(event);
            hook(event);
        });
    }

    /// Adds a hook, which runs after those that were added before.
    pub(crate) fn on_give_up(&mut self, hook: impl Fn(&GiveUpEvent<'_, Error>) + Send + 'p) {
        self.timed = true;
        let first = std::mem::replace(&mut self.on_give_up, Box::new(|_| {}));
        self.on_give_up = Box::new(move |event| {
            first(event);
            hook(event);
        });
    }
}

/// Begins a call. `budget` is that of the host.
pub(crate) fn begin<'p>(
    policy: &'p AnyHttpPolicy<'_>,
    budget: Option<&'p Budget>,
    hooks: CallHooks<'p>,
) -> HttpCall<'p> {
    let mut retry: Retry<'p, _, _> = policy.view().start_owned();
    if let Some(budget) = budget {
        retry = retry.budget(budget);
    }
    let retry = retry.untimed_hooks(hooks.on_retry, hooks.on_give_up);
    if hooks.timed { retry.timed() } else { retry }
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
        assert!(is_timed(&plain, |hooks| hooks.timed = true));
        assert!(is_timed(&deadline, |_| {}));
    }
}
