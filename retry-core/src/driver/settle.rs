//! What every driver does when an attempt has ended: classify, decide, tell the hooks.

use core::time::Duration;

use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use crate::{Backoff, Class, Clock, Decision, GiveUpEvent, Report, Retry, RetryEvent, Rule};

impl<U, R, G> Hooks<U, R, G> {
    /// Whether a hook will ask how long the call has taken.
    pub(crate) fn listen<E>() -> bool
    where
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        R::LISTENS || G::LISTENS
    }
}

impl<B: Backoff, O, L, C: Clock> Retry<'_, B, O, L, C> {
    /// Takes in how an attempt ended. `Some`: wait, and make another one; `None`: return it.
    pub(crate) fn settle<T, E, K, U, R, G>(
        &mut self,
        name: &'static str,
        outcome: &Result<T, E>,
        hooks: &Hooks<U, R, G>,
    ) -> Option<Duration>
    where
        O: Rule<E, K>,
        U: Until<T>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let rule = &self.policy().on;
        let (error, class) = match outcome {
            Ok(value) if hooks.until.accepts(value) => return None,
            Ok(_) => (None, Class::Transient),
            Err(error) => (Some(error), rule.class(error)),
        };
        let max_attempts = self.policy().settings.max_attempts;
        let (attempt, slept) = (self.attempts(), self.slept());

        match self.decide_on(rule.ladder(), class) {
            Decision::Wait(delay) => {
                if R::LISTENS {
                    hooks.on_retry.notify(&RetryEvent {
                        name,
                        attempt,
                        max_attempts,
                        error,
                        class,
                        delay,
                        elapsed: self.elapsed().unwrap_or_default(),
                        slept,
                    });
                }
                Some(delay)
            }
            Decision::Stop(reason) => {
                if G::LISTENS {
                    hooks.on_give_up.notify(&GiveUpEvent {
                        name,
                        attempts: attempt,
                        max_attempts,
                        error,
                        class,
                        reason,
                        elapsed: self.elapsed().unwrap_or_default(),
                        slept,
                    });
                }
                None
            }
        }
    }
}

impl<B, O, L, C: Clock> Retry<'_, B, O, L, C> {
    pub(crate) fn report(&self) -> Report {
        Report {
            attempts: self.attempts(),
            elapsed: self.elapsed().unwrap_or_default(),
            slept: self.slept(),
            gave_up: self.gave_up(),
        }
    }
}
