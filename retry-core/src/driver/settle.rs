//! What follows from the end of an attempt: it is classified, the machine decides, observers and hooks run.

use core::time::Duration;

use super::call_state::{CallState, Judged};
use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use super::observed::is_wanted;
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::class::Class;
use crate::classify::{Rule, Verdict};
#[cfg(feature = "overrides")]
use crate::config::remember;
use crate::event::{GiveUpEvent, RetryEvent};
use crate::give_up::GiveUp;
use crate::machine::{Decision, PolicyRef};
use crate::measure::Measure;
use crate::policy::{Name, Policy, Settings};

impl<M: Measure> CallState<M> {
    /// Records how an attempt ended: classifies, decides, calls the hooks. Returns the delay before the next attempt, or
    /// `None` if the call ends with this outcome.
    #[inline]
    pub(crate) fn settle<B, O, L, P, V, E, Via: ?Sized, U, R, G>(
        &mut self,
        policy: &Policy<B, O, L, P>,
        budget: &impl RetryBudget,
        rule: &impl Rule<E, Via>,
        outcome: Result<&V, &E>,
        hooks: &Hooks<U, R, G>,
    ) -> Option<Duration>
    where
        B: Backoff,
        V: ?Sized,
        U: Until<V>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let (settings, name) = (&policy.settings, &policy.settings.name);
        if self.settle_success(settings, name, budget, outcome, &hooks.until) {
            return None;
        }
        self.settle_failure(policy, budget, rule, outcome.err(), hooks)
    }

    /// The part of [`settle`](Self::settle) for a success. Returns whether the outcome is one. `name` is that of the call.
    #[inline]
    pub(crate) fn settle_success<V: ?Sized, E>(
        &self,
        settings: &Settings,
        name: &Name,
        budget: &impl RetryBudget,
        outcome: Result<&V, &E>,
        until: &impl Until<V>,
    ) -> bool {
        let succeeded = self.accepts(budget, outcome, until);
        if succeeded {
            self.observe_success(settings, name);
        }
        succeeded
    }

    /// The part of [`settle`](Self::settle) for a failure.
    #[cold]
    #[inline(never)]
    pub(crate) fn settle_failure<B, O, L, P, E, Via: ?Sized, U, R, G>(
        &mut self,
        policy: &Policy<B, O, L, P>,
        budget: &impl RetryBudget,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        hooks: &Hooks<U, R, G>,
    ) -> Option<Duration>
    where
        B: Backoff,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let name = &policy.settings.name;
        #[cfg(feature = "overrides")]
        remember(name);
        let judged = self.judge_failure(policy, budget, rule, error);
        self.observe_failure(&policy.settings, rule, error, judged, name);
        self.notify(judged, name, error, hooks)
    }

    /// Returns whether the call ends with this outcome, as a success, and tells the budget.
    // Inlined, so that a success is a comparison.
    #[inline]
    pub(crate) fn accepts<V: ?Sized, E>(
        &self,
        budget: &impl RetryBudget,
        outcome: Result<&V, &E>,
        until: &impl Until<V>,
    ) -> bool {
        let accepted = outcome.is_ok_and(|value| until.accepts(value));
        if accepted {
            budget.succeeded(self.machine.retried(), self.env().clock());
        }
        accepted
    }

    /// The current attempt succeeded.
    #[inline]
    pub(super) fn observe_success(&self, settings: &Settings, name: &Name) {
        if self.is_success_wanted(settings) {
            self.report_success(settings, name);
        }
    }

    /// The machine's decision about a class, without an error or hooks.
    pub(crate) fn decide_class(
        &mut self,
        settings: &Settings,
        policy_ref: PolicyRef<'_>,
        class: Class,
    ) -> Decision {
        #[cfg(feature = "overrides")]
        remember(&settings.name);
        let hint = class.retry_after();
        let judged = Judged {
            class,
            hint,
            max_attempts: self.max_attempts(settings),
            attempt: self.machine.attempt(),
            slept_nanos: self.measure.slept_nanos(),
            decision: self.decide(policy_ref, class, hint),
        };
        self.observe_class(settings, &judged);
        judged.decision
    }

    /// The part of [`settle_failure`](Self::settle_failure) that reads the policy.
    pub(crate) fn judge<B, O, L, P, E, Via: ?Sized>(
        &mut self,
        policy: &Policy<B, O, L, P>,
        budget: &impl RetryBudget,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        name: &Name,
    ) -> Judged
    where
        B: Backoff,
    {
        #[cfg(feature = "overrides")]
        remember(name);
        let judged = self.judge_failure(policy, budget, rule, error);
        self.observe_failure_apart(&policy.settings, rule, error, &judged, name);
        judged
    }

    /// The attempt failed with this error, or with a value that does not end the call.
    fn judge_failure<B, O, L, P, E, Via: ?Sized>(
        &mut self,
        policy: &Policy<B, O, L, P>,
        budget: &impl RetryBudget,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
    ) -> Judged
    where
        B: Backoff,
    {
        let Verdict {
            class,
            hint,
            ladder,
        } = rule.judge(error);
        let policy_ref = PolicyRef {
            settings: &policy.settings,
            backoff: &policy.backoff,
            budget,
            ladder,
        };
        let (attempt, slept_nanos) = (self.machine.attempt(), self.measure.slept_nanos());
        Judged {
            class,
            hint,
            max_attempts: self.max_attempts(&policy.settings),
            attempt,
            slept_nanos,
            decision: self.decide(policy_ref, class, hint),
        }
    }

    /// The part of [`settle`](Self::settle) that calls the hooks.
    pub(crate) fn notify<E, U, R, G>(
        &self,
        judged: Judged,
        name: &Name,
        error: Option<&E>,
        hooks: &Hooks<U, R, G>,
    ) -> Option<Duration>
    where
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let Judged {
            class,
            hint: _,
            max_attempts,
            attempt,
            slept_nanos,
            decision,
        } = judged;
        match decision {
            Decision::Wait(delay) => {
                if R::LISTENS {
                    hooks.on_retry.notify(&RetryEvent {
                        name: name.get(),
                        attempt,
                        max_attempts,
                        error,
                        class,
                        delay,
                        elapsed: self.elapsed(),
                        slept: Duration::from_nanos(slept_nanos),
                    });
                }
                Some(delay)
            }
            Decision::Stop(reason) => {
                if G::LISTENS {
                    hooks.on_give_up.notify(&GiveUpEvent {
                        name: name.get(),
                        attempts: attempt,
                        max_attempts,
                        error,
                        class,
                        reason,
                        elapsed: self.elapsed(),
                        slept: Duration::from_nanos(slept_nanos),
                    });
                }
                None
            }
        }
    }

    /// Records that the wait after a failure of this class is over. Returns `Some` if it ended too late for another
    /// attempt, and the call gave up.
    pub(crate) fn judge_wait(
        &mut self,
        max_elapsed: Option<Duration>,
        class: Class,
        max_attempts: u32,
    ) -> Option<Judged> {
        let reason = self.give_up_if_late(max_elapsed)?;
        Some(self.stopped((class, None), max_attempts, reason))
    }

    /// There is no further attempt, as the machine has noted.
    fn stopped(
        &self,
        (class, hint): (Class, Option<Duration>),
        max_attempts: u32,
        reason: GiveUp,
    ) -> Judged {
        Judged {
            class,
            hint,
            max_attempts,
            attempt: self.machine.attempt(),
            slept_nanos: self.measure.slept_nanos(),
            decision: Decision::Stop(reason),
        }
    }

    /// Records that the wait after this outcome is over. Gives up and returns `true` if it ended too late for another
    /// attempt: the call then ends with this outcome.
    pub(crate) fn settle_wait<B, O, L, P, V, E, Via: ?Sized, U, R, G>(
        &mut self,
        policy: &Policy<B, O, L, P>,
        rule: &impl Rule<E, Via>,
        outcome: Result<&V, &E>,
        hooks: &Hooks<U, R, G>,
    ) -> bool
    where
        V: ?Sized,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let Some(reason) = self.give_up_if_late(policy.settings.max_elapsed) else {
            return false;
        };
        let error = outcome.err();
        let judge = || rule.judge(error);
        self.notify_give_up(policy, rule, error, judge, reason, hooks);
        true
    }

    /// There is no further attempt, as the machine has noted.
    pub(crate) fn notify_give_up<B, O, L, P, E, Via: ?Sized, U, R, G>(
        &self,
        policy: &Policy<B, O, L, P>,
        rule: &impl Rule<E, Via>,
        error: Option<&E>,
        judge: impl FnOnce() -> Verdict,
        reason: GiveUp,
        hooks: &Hooks<U, R, G>,
    ) where
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let settings = &policy.settings;
        // The class is asked only if something listens: a classifier may be slow.
        if !G::LISTENS && !is_wanted(settings) {
            return;
        }
        let Verdict { class, hint, .. } = judge();
        let judged = self.stopped((class, hint), self.max_attempts(settings), reason);
        self.observe_failure(settings, rule, error, judged, &settings.name);
        self.notify(judged, &settings.name, error, hooks);
    }
}
