//! One call in progress, apart from its policy: what every driver keeps between attempts.

use core::time::Duration;

use super::call_env::{CallEnv, max_attempts};
use super::hooks::{Hooks, OnGiveUp, OnRetry, Until};
use super::measure::Measure;
use super::observed::is_wanted;
use crate::backoff::Backoff;
use crate::budget::RetryBudget;
use crate::class::Class;
use crate::classify::{Rule, Verdict};
use crate::context::{AttemptEffects, CallScope, ForeignDeadline, Frame};
use crate::event::{GiveUpEvent, RetryEvent};
use crate::give_up::{GiveUp, Report};
use crate::machine::{Decision, Env, Machine, PolicyRef};
use crate::policy::{Name, Policy, Settings};
#[cfg(feature = "test-util")]
use crate::testing::{self, InAttempt, Skipped};
use crate::timer::{DEFAULT_EPOCH, Moment};

/// What the machine decided about an attempt that failed, as the hooks see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged {
    pub(crate) class: Class,
    /// How long the server asked to wait, if it did.
    #[cfg_attr(
        not(feature = "observe"),
        expect(dead_code, reason = "only observers ask for it")
    )]
    pub(crate) hint: Option<Duration>,
    pub(crate) max_attempts: u32,
    pub(crate) attempt: u32,
    /// The waits before this decision.
    pub(crate) slept: Duration,
    pub(crate) decision: Decision,
}

/// The machine of a call, and what measures it.
///
/// The policy is passed in each time, so that an annotated method may take it from `self` and still
/// borrow all of `self` in its body.
#[derive(Clone, Debug)]
pub struct CallState<M> {
    pub(crate) measure: M,
    pub(super) machine: Machine,
    #[cfg(feature = "test-util")]
    skipped: Skipped,
}

impl<M: Measure> CallState<M> {
    /// Makes a call that has not begun.
    pub(crate) const fn new(measure: M) -> Self {
        Self {
            measure,
            machine: Machine::new(),
            #[cfg(feature = "test-util")]
            skipped: Skipped::NOTHING,
        }
    }

    /// Begins the first attempt. Reads the clock only if the time will be needed.
    pub(crate) fn begin(&mut self, settings: &Settings, budget: &impl RetryBudget, timed: bool) {
        #[cfg(feature = "test-util")]
        self.skipped.begin();
        self.machine.begin(max_attempts(settings));
        #[cfg(feature = "test-util")]
        if let Some(number) = testing::began() {
            self.machine.identify(number);
        }
        let timed = timed || settings.max_elapsed.is_some();
        self.measure.begin(settings.deadline, timed);
        budget.call(self.env().clock());
    }

    /// The number of the current attempt, or of the last one.
    #[cfg(feature = "tower")]
    pub(crate) fn attempt(&self) -> u32 {
        self.machine.attempt()
    }

    /// Measures a call that nothing has measured so far.
    pub(super) fn measure_from_now(&mut self) {
        self.measure.begin(None, true);
        #[cfg(feature = "test-util")]
        self.skipped.restart(&self.measure);
    }

    /// Since the call began; `None` if nothing measures it.
    pub(crate) fn measured(&self) -> Option<Duration> {
        let elapsed = self.measure.elapsed();
        #[cfg(feature = "test-util")]
        let elapsed = elapsed
            .map(|elapsed| elapsed.saturating_add(self.skipped.since_begin(true, &self.measure)));
        elapsed
    }

    /// The time at a decision, before the wait that it leads to. Zero if nothing measures the call.
    pub(super) fn elapsed(&self) -> Duration {
        let elapsed = self.measure.elapsed().unwrap_or_default();
        #[cfg(feature = "test-util")]
        let elapsed = elapsed.saturating_add(self.skipped.since_begin(false, &self.measure));
        elapsed
    }

    /// A wait is over, if there was one. Only a test can have skipped it.
    #[cfg(feature = "test-util")]
    fn resume(&mut self) {
        self.skipped.resume(&self.measure);
    }

    /// Lets nested calls in an attempt know how much time this call has skipped.
    #[cfg(feature = "test-util")]
    pub(crate) fn enter(&mut self) -> InAttempt {
        self.resume();
        self.skipped.enter()
    }

    /// The attempt has been polled or called.
    #[cfg(feature = "test-util")]
    pub(crate) fn leave(&mut self, attempt: InAttempt) {
        self.skipped.leave(attempt);
    }

    /// The time, as the machine and budgets ask for it.
    pub(super) fn env(&self) -> CallEnv<'_, M> {
        CallEnv {
            measure: &self.measure,
            #[cfg(feature = "test-util")]
            skipped: &self.skipped,
        }
    }

    /// The machine, and the time as it asks for it.
    fn split(&mut self) -> (&mut Machine, CallEnv<'_, M>) {
        let env = CallEnv {
            measure: &self.measure,
            #[cfg(feature = "test-util")]
            skipped: &self.skipped,
        };
        (&mut self.machine, env)
    }

    /// Returns the attempt that begins now, as the code in it sees it.
    #[inline]
    pub(crate) fn frame(&self) -> Frame {
        let deadline = match self.measure.epoch() {
            DEFAULT_EPOCH => self.env().deadline(),
            _ => Moment::NEVER,
        };
        Frame {
            packed: self.machine.packed(),
            scope: CallScope {
                call_number: self.machine.call_number(),
                deadline,
            },
        }
    }

    /// The deadline of the attempt that begins now, if a clock of its own measures it. With the default timer, the
    /// compiler knows that there is none.
    #[inline]
    pub(crate) fn foreign_deadline(&self) -> Option<ForeignDeadline> {
        let (epoch, deadline) = (self.measure.epoch(), self.env().deadline());
        let is_foreign = epoch != DEFAULT_EPOCH && deadline < Moment::NEVER;
        is_foreign.then_some(ForeignDeadline { epoch, deadline })
    }

    /// Records what code in the attempt left behind.
    pub(crate) fn absorb(&mut self, effects: AttemptEffects) {
        self.machine.absorb(effects);
    }

    /// Records that the attempt failed with this class and this hint. Returns the machine's decision.
    pub(crate) fn decide(
        &mut self,
        policy_ref: PolicyRef<'_>,
        class: Class,
        hint: Option<Duration>,
    ) -> Decision {
        #[cfg(feature = "test-util")]
        self.resume();
        #[cfg(feature = "test-util")]
        let settings = testing::apply(policy_ref.settings);
        #[cfg(feature = "test-util")]
        let policy_ref = PolicyRef {
            settings: &settings,
            ..policy_ref
        };
        let (machine, env) = self.split();
        let decision = machine.decide(policy_ref, class, hint, &env);
        if let Decision::Wait(delay) = decision {
            self.measure.wait(delay);
            #[cfg(feature = "test-util")]
            self.skipped.plan(delay, &self.measure);
        }
        if self.machine.marks_enclosing() {
            self.measure.mark_enclosing();
        }
        decision
    }

    /// Records that the current attempt failed with this class, and ends the call without asking the machine.
    pub(crate) fn stop(&mut self, policy_ref: PolicyRef<'_>, class: Class) -> GiveUp {
        #[cfg(feature = "test-util")]
        self.resume();
        let (machine, env) = self.split();
        let reason = machine.stop(policy_ref, class, &env);
        if self.machine.marks_enclosing() {
            self.measure.mark_enclosing();
        }
        reason
    }

    /// Records how an attempt ended: classifies, decides, calls the hooks. Returns the delay before the next attempt, or
    /// `None` if the call ends with this outcome.
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
        let name = &policy.settings.name;
        let judged = self.judge(policy, budget, rule, outcome, &hooks.until, name)?;
        self.notify(judged, name, outcome.err(), hooks)
    }

    /// The machine's decision about a class, without an error or hooks.
    pub(crate) fn decide_class(
        &mut self,
        settings: &Settings,
        policy_ref: PolicyRef<'_>,
        class: Class,
    ) -> Decision {
        let hint = class.retry_after();
        let judged = Judged {
            class,
            hint,
            max_attempts: max_attempts(settings),
            attempt: self.machine.attempt(),
            slept: self.measure.slept(),
            decision: self.decide(policy_ref, class, hint),
        };
        self.observe_class(settings, &judged);
        judged.decision
    }

    /// The part of [`settle`](Self::settle) that reads the policy. `None`: the attempt succeeded.
    pub(crate) fn judge<B, O, L, P, V, E, Via: ?Sized>(
        &mut self,
        policy: &Policy<B, O, L, P>,
        budget: &impl RetryBudget,
        rule: &impl Rule<E, Via>,
        outcome: Result<&V, &E>,
        until: &impl Until<V>,
        name: &Name,
    ) -> Option<Judged>
    where
        B: Backoff,
        V: ?Sized,
    {
        let error = match outcome {
            Ok(value) if until.accepts(value) => {
                budget.succeeded(self.machine.retried(), self.env().clock());
                self.observe_success(&policy.settings, name);
                return None;
            }
            Ok(_) => None,
            Err(error) => Some(error),
        };
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
        let (attempt, slept) = (self.machine.attempt(), self.measure.slept());
        let judged = Judged {
            class,
            hint,
            max_attempts: max_attempts(&policy.settings),
            attempt,
            slept,
            decision: self.decide(policy_ref, class, hint),
        };
        self.observe_failure(&policy.settings, rule, error, &judged, name);
        Some(judged)
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
            slept,
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
                        slept,
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
                        slept,
                    });
                }
                None
            }
        }
    }

    /// Gives up if the next attempt cannot begin now. Returns the reason.
    pub(crate) fn give_up_if_late(&mut self, max_elapsed: Option<Duration>) -> Option<GiveUp> {
        #[cfg(feature = "test-util")]
        self.resume();
        let (machine, env) = self.split();
        let reason = machine.give_up_if_late(max_elapsed, &env)?;
        self.measure.mark_enclosing();
        Some(reason)
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
            slept: self.measure.slept(),
            decision: Decision::Stop(reason),
        }
    }

    /// Returns whether the next attempt can begin now.
    pub(crate) fn can_begin(&self, max_elapsed: Option<Duration>) -> bool {
        self.machine.forbid_now(max_elapsed, &self.env()).is_none()
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
        let judged = self.stopped((class, hint), max_attempts(settings), reason);
        self.observe_failure(settings, rule, error, &judged, &settings.name);
        self.notify(judged, &settings.name, error, hooks);
    }

    /// Returns how long the attempt that begins now may take: the smaller of the policy's limit and the time until the
    /// nearest deadline.
    pub(crate) fn attempt_limit(&self, attempt_timeout: Option<Duration>) -> Option<Duration> {
        let bounds = self.env().bounds(None);
        let remaining = bounds.map(|bounds| bounds.deadline.since(bounds.now));
        match (attempt_timeout, remaining) {
            (Some(limit), Some(remaining)) => Some(limit.min(remaining)),
            (limit, remaining) => limit.or(remaining),
        }
    }

    /// Why the call gave up, if the error is not final: a fallback must not hide a bug or a 404.
    pub(crate) fn recoverable(&self) -> Option<GiveUp> {
        let reason = self.machine.gave_up();
        reason.filter(|reason| *reason != GiveUp::NotRetryable)
    }

    pub(crate) fn report(&self) -> Report {
        Report {
            attempts: self.machine.attempt(),
            elapsed: self.measured().unwrap_or_default(),
            slept: self.measure.slept(),
            gave_up: self.machine.gave_up(),
        }
    }
}
