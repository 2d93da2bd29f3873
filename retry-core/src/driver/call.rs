//! One call in progress, apart from its policy: what every driver keeps between attempts.

use core::future::Future;
use core::time::Duration;

use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use crate::machine::{Machine, Rules, attempt_limit};
use crate::policy::{AttemptLimit, Limited};
use crate::{
    Backoff, Class, Clock, Decision, GiveUpEvent, On, Policy, Report, RetryEvent, Rule, Timer,
};

/// The machine of a call, and the clock that measures it.
///
/// The policy is passed in each time, so that an annotated method may take it from `self` and still
/// borrow all of `self` in its body.
#[derive(Debug)]
pub struct Call<C: Clock> {
    pub(super) clock: C,
    pub(super) started: Option<C::Instant>,
    pub(super) machine: Machine,
}

impl<C: Clock> Call<C> {
    /// A call that has not begun.
    pub(crate) const fn new(clock: C) -> Self {
        Self {
            clock,
            started: None,
            machine: Machine::new(),
        }
    }

    /// The first attempt begins. Reads the clock only where something will ask for the time.
    pub(crate) fn begin<B, O, L>(&mut self, policy: &Policy<B, O, L>, timed: bool) {
        if timed || policy.settings.deadline.is_some() {
            self.started = Some(self.clock.now());
        }
    }

    /// Zero where nothing measures the call.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started
            .map_or(Duration::ZERO, |started| self.clock.elapsed(started))
    }

    /// The machine's word on an attempt that failed with this class.
    pub(crate) fn decide<B: Backoff, O, L>(
        &mut self,
        policy: &Policy<B, O, L>,
        ladder: On,
        class: Class,
    ) -> Decision {
        let rules = Rules {
            settings: &policy.settings,
            backoff: &policy.backoff,
            ladder,
        };
        let (clock, started) = (&self.clock, self.started);
        let mut elapsed = || started.map_or(Duration::ZERO, |started| clock.elapsed(started));
        self.machine.decide(rules, class, &mut elapsed)
    }

    /// Takes in how an attempt ended: classify, decide, tell the hooks. `Some`: wait, and make another
    /// one; `None`: return it.
    pub(crate) fn settle<B, O, L, T, E, K, U, R, G>(
        &mut self,
        policy: &Policy<B, O, L>,
        rule: &impl Rule<E, K>,
        name: &'static str,
        outcome: Result<&T, &E>,
        hooks: &Hooks<U, R, G>,
    ) -> Option<Duration>
    where
        B: Backoff,
        T: ?Sized,
        U: Until<T>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let (error, class) = match outcome {
            Ok(value) if hooks.until.accepts(value) => return None,
            Ok(_) => (None, Class::Transient),
            Err(error) => (Some(error), rule.class(error)),
        };
        let max_attempts = policy.settings.max_attempts;
        let (attempt, slept) = (self.machine.attempt(), self.machine.slept());

        match self.decide(policy, rule.ladder(), class) {
            Decision::Wait(delay) => {
                if R::LISTENS {
                    hooks.on_retry.notify(&RetryEvent {
                        name,
                        attempt,
                        max_attempts,
                        error,
                        class,
                        delay,
                        elapsed: self.elapsed(),
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
                        elapsed: self.elapsed(),
                        slept,
                    });
                }
                None
            }
        }
    }

    /// How long the attempt that begins now may take.
    pub(crate) fn attempt_limit<B, O, L: AttemptLimit>(
        &self,
        policy: &Policy<B, O, L>,
    ) -> Option<Duration> {
        attempt_limit(&policy.settings, policy.limit.limit(), || self.elapsed())
    }

    /// The attempt that begins now, held to the policy's limit.
    pub(crate) fn limited<B, O, L, F>(&self, policy: &Policy<B, O, L>, attempt: F) -> L::Attempt<F>
    where
        L: Limited<F::Output, C>,
        F: Future,
        C: Timer,
    {
        let left = || self.attempt_limit(policy).unwrap_or_default();
        policy.limit.limited(attempt, &self.clock, left)
    }

    pub(crate) fn report(&self) -> Report {
        Report {
            attempts: self.machine.attempt(),
            elapsed: self.elapsed(),
            slept: self.machine.slept(),
            gave_up: self.machine.gave_up(),
        }
    }
}
