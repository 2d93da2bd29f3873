//! The end of an attempt in the caller's loop, and what follows: a wait, or the end of the call.

use core::time::Duration;

use super::super::hooks::{Hooks, OnGiveUp, OnRetry};
use super::super::{Delay, NoHook};
use super::Retry;
use crate::backoff::Step;
use crate::budget::RetryBudget;
use crate::class::{Class, On};
use crate::classify::{HintedRule, Ladder, Rule};
use crate::machine::{Decision, PolicyRef};
use crate::measure::Measure;
use crate::policy::AsPolicy;
use crate::timer::Clock;

impl<P: AsPolicy<Pinned = ()>, C: Clock, R, G> Retry<'_, P, C, Hooks<NoHook, R, G>> {
    /// Records that the current attempt failed with `error`. Returns the delay before the next one, or the error if
    /// the call gives up.
    ///
    /// # Errors
    ///
    /// The error that was passed in, if the call gives up. [`gave_up`](Self::gave_up) then returns why.
    pub fn again<E, Via: ?Sized>(&mut self, error: E) -> Result<Delay<C>, E>
    where
        P::On: Rule<E, Via>,
        C: Clone,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        self.again_after(error, None)
    }

    /// Like [`again`](Self::again), for a loop that knows how long the server asked to wait if the error does not. The
    /// longer of `hint` and the error's own [`retry_after`](crate::Classify::retry_after) counts.
    ///
    /// # Errors
    ///
    /// The error that was passed in, if the call gives up. [`gave_up`](Self::gave_up) then returns why.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Policy, transient};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::new();
    /// let mut retry = policy.start();
    /// let hint = Duration::from_secs(9);
    /// let delay = retry.again_after(transient("502 Bad Gateway"), Some(hint))?;
    /// assert!(delay.duration() >= hint);
    /// # Ok::<(), retryable::Classified<&str>>(())
    /// ```
    pub fn again_after<E, Via: ?Sized>(
        &mut self,
        error: E,
        hint: Option<Duration>,
    ) -> Result<Delay<C>, E>
    where
        P::On: Rule<E, Via>,
        C: Clone,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        match self.wait_after(&error, hint) {
            Some(delay) => Ok(delay),
            None => Err(error),
        }
    }

    /// Like [`again_after`](Self::again_after), for a loop that keeps the error. Returns `None` if the call gives up.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{NoDelay, Policy, transient};
    ///
    /// let policy = Policy::with_backoff(NoDelay).max_attempts(2);
    /// let (mut retry, error) = (policy.start(), transient("busy"));
    /// assert!(retry.wait_after(&error, None).is_some());
    /// assert!(retry.wait_after(&error, None).is_none());
    /// ```
    pub fn wait_after<E, Via: ?Sized>(
        &mut self,
        error: &E,
        hint: Option<Duration>,
    ) -> Option<Delay<C>>
    where
        P::On: Rule<E, Via>,
        C: Clone,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let policy = self.policy.as_policy(&());
        let outcome = Err::<&(), _>(error);
        let budget = BothBudgets(&policy.budget, self.budget);
        let rule = HintedRule {
            rule: &policy.on,
            hint,
        };
        let settled = self
            .call
            .settle(policy, &budget, &rule, outcome, &self.hooks);
        settled.map(|duration| Delay {
            duration,
            timer: self.call.measure.clock().clone(),
        })
    }

    /// Gives up if the wait after this failure ended too late for another attempt. Returns whether it did: the call
    /// then ends with `error`.
    ///
    /// For loops that keep their errors, after [`wait_after`](Self::wait_after). [`can_begin`](Self::can_begin) only
    /// asks.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{GiveUp, Policy, VirtualTimer, transient};
    /// use std::time::Duration;
    ///
    /// let timer = VirtualTimer::new();
    /// let policy = Policy::with_backoff([Duration::from_secs(1)]).max_elapsed(Duration::from_secs(5));
    /// let (mut retry, error) = (policy.start_with(timer.clone()), transient("down"));
    /// retry.wait_after(&error, None).expect("time for another attempt").block();
    /// timer.advance(Duration::from_secs(60)); // the machine slept
    /// assert!(retry.give_up_if_late(&error));
    /// assert_eq!(retry.gave_up(), Some(GiveUp::MaxElapsed));
    /// ```
    pub fn give_up_if_late<E, Via: ?Sized>(&mut self, error: &E) -> bool
    where
        P::On: Rule<E, Via>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let policy = self.policy.as_policy(&());
        let outcome = Err::<&(), _>(error);
        self.call
            .settle_wait(policy, &policy.on, outcome, &self.hooks)
    }

    /// Records that the current attempt failed with `error`, and that the loop cannot make a further one under any
    /// policy. [`gave_up`](Self::gave_up) is then [`GiveUp::NotRetryable`](crate::GiveUp::NotRetryable). Budgets count it
    /// as any failure.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{GiveUp, Policy, transient};
    ///
    /// let policy = Policy::new();
    /// let mut retry = policy.start();
    /// retry.stop(&transient("the connection broke, and the data could be read only once"));
    /// assert_eq!(retry.gave_up(), Some(GiveUp::NotRetryable));
    /// ```
    pub fn stop<E, Via: ?Sized>(&mut self, error: &E)
    where
        P::On: Rule<E, Via>,
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        let policy = self.policy.as_policy(&());
        let verdict = policy.on.judge(Some(error));
        let policy_ref = PolicyRef {
            settings: &policy.settings,
            backoff: &policy.backoff,
            budget: &BothBudgets(&policy.budget, self.budget),
            ladder: verdict.ladder,
        };
        let reason = self.call.stop(policy_ref, verdict.class);
        let (error, judge) = (Some(error), || verdict);
        self.call
            .notify_give_up(policy, &policy.on, error, judge, reason, &self.hooks);
    }
}

impl<P: AsPolicy<On = On, Pinned = ()>, C: Clock, H> Retry<'_, P, C, H> {
    /// Records that the current attempt failed with this class, and returns the machine's decision.
    ///
    /// For drivers that wait in their own way. No hook runs. An observer is called; the type of the error is then
    /// `"_OTHER"`, OpenTelemetry's word for an unknown one. After [`Decision::Stop`], every further call returns it too.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Class, Decision, GiveUp, Policy};
    ///
    /// let policy = Policy::new().max_attempts(2);
    /// let mut retry = policy.start();
    /// assert!(matches!(retry.decide(Class::Transient), Decision::Wait(_)));
    /// assert_eq!(retry.decide(Class::Transient), Decision::Stop(GiveUp::Exhausted));
    /// ```
    pub fn decide(&mut self, class: Class) -> Decision {
        let policy = self.policy.as_policy(&());
        let policy_ref = PolicyRef {
            settings: &policy.settings,
            backoff: &policy.backoff,
            budget: &BothBudgets(&policy.budget, self.budget),
            ladder: Ladder::up_to(policy.on),
        };
        self.call.decide_class(&policy.settings, policy_ref, class)
    }
}

/// The budget of the policy, and that of the call.
pub(super) struct BothBudgets<'b, T>(
    pub(super) &'b T,
    pub(super) Option<&'b (dyn RetryBudget + Sync)>,
);

impl<T: RetryBudget> RetryBudget for BothBudgets<'_, T> {
    fn call(&self, clock: &dyn Clock) {
        self.each(|budget| budget.call(clock));
    }

    fn succeeded(&self, retried: Option<Class>, clock: &dyn Clock) {
        self.each(|budget| budget.succeeded(retried, clock));
    }

    fn failed(&self, class: Class, clock: &dyn Clock) {
        self.each(|budget| budget.failed(class, clock));
    }

    fn withdraw(&self, step: &Step, clock: &dyn Clock) -> bool {
        let own = self.1.is_none_or(|budget| budget.withdraw(step, clock));
        own && self.0.withdraw(step, clock)
    }
}

impl<T: RetryBudget> BothBudgets<'_, T> {
    fn each(&self, report: impl Fn(&dyn RetryBudget)) {
        report(self.0);
        if let Some(budget) = self.1 {
            report(budget);
        }
    }
}
