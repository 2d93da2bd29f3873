//! One call in progress, apart from its policy: what every driver keeps between attempts.

use core::time::Duration;

use super::Pinned;
use super::begun::Begun;
use super::call_env::CallEnv;
use crate::budget::RetryBudget;
use crate::class::Class;
#[cfg(feature = "overrides")]
use crate::config::is_installed;
use crate::context::{AttemptEffects, CallScope, ForeignDeadline, PackedAttempt};
use crate::give_up::{GiveUp, Report};
use crate::machine::{Decision, Env, Machine, PolicyRef};
use crate::measure::Measure;
use crate::policy::{Name, Settings};
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
    /// The waits before this decision. Only some listeners ask for them, so that they are no `Duration` yet.
    pub(crate) slept_nanos: u64,
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
    pinned: Pinned,
    #[cfg(feature = "test-util")]
    skipped: Skipped,
}

impl<M: Measure> CallState<M> {
    /// Makes a call that has not begun.
    pub(crate) const fn new(measure: M) -> Self {
        Self {
            measure,
            machine: Machine::new(),
            pinned: Pinned::NONE,
            #[cfg(feature = "test-util")]
            skipped: Skipped::NOTHING,
        }
    }

    /// Returns the call. What stays behind is not used again.
    #[inline]
    pub(crate) fn hand_back(&mut self) -> Self
    where
        M: Clone,
    {
        Self {
            measure: self.measure.clone(),
            machine: self.machine.clone(),
            pinned: self.pinned,
            #[cfg(feature = "test-util")]
            skipped: core::mem::replace(&mut self.skipped, Skipped::NOTHING),
        }
    }

    #[inline]
    pub(crate) fn pinned(&self) -> Pinned {
        self.pinned
    }

    #[inline]
    #[must_use]
    pub(crate) fn with_pinned(mut self, pinned: Pinned) -> Self {
        self.pinned = pinned;
        self
    }

    /// Whether the call has begun.
    #[inline]
    pub(crate) fn has_begun(&self) -> bool {
        self.machine.has_begun()
    }

    /// Begins the first attempt. Reads the clock only if the time will be needed.
    #[cfg_attr(not(feature = "overrides"), inline)]
    #[cfg_attr(
        feature = "overrides",
        inline(always),
        expect(clippy::inline_always, reason = "as `begin_with`")
    )]
    pub(crate) fn begin(&mut self, settings: &Settings, budget: &impl RetryBudget, timed: bool) {
        self.begin_as(&settings.name, settings, budget, timed);
    }

    /// Like [`begin`](Self::begin), for a call whose name is not that of its policy.
    #[cfg_attr(not(feature = "overrides"), inline)]
    #[cfg_attr(
        feature = "overrides",
        inline(always),
        expect(clippy::inline_always, reason = "as `begin_with`")
    )]
    pub(crate) fn begin_as(
        &mut self,
        name: &Name,
        settings: &Settings,
        budget: &impl RetryBudget,
        timed: bool,
    ) {
        #[cfg(feature = "overrides")]
        if is_installed() {
            // Returned by value: a call that is lent to a function that is not inlined must be in memory, for calls without
            // overrides too.
            let (pinned, begun) = Pinned::begin(name, settings);
            self.pinned = pinned;
            self.measure.begin_overridden(begun.is_timed);
            return self.begin_with(&begun, budget, timed);
        }
        let _ = name;
        self.begin_with(&Begun::by(settings), budget, timed);
    }

    #[cfg_attr(not(feature = "overrides"), inline)]
    #[cfg_attr(
        feature = "overrides",
        inline(always),
        expect(
            clippy::inline_always,
            reason = "the compiler does not inline it for calls with overrides, and then keeps every call in memory"
        )
    )]
    fn begin_with(&mut self, begun: &Begun, budget: &impl RetryBudget, timed: bool) {
        #[cfg(feature = "test-util")]
        self.skipped.begin();
        self.measure.begin(begun.deadline, timed || begun.is_timed);
        let has_deadline = self.measure.deadline() < Moment::NEVER;
        self.machine.begin(begun.first, has_deadline);
        #[cfg(feature = "test-util")]
        if let Some(number) = testing::began() {
            self.machine.identify(number);
        }
        budget.call(self.env().clock());
    }

    /// The maximum of the call under these settings of its policy. Overrides can change it, and a test can lower it.
    #[inline]
    pub(crate) fn max_attempts(&self, settings: &Settings) -> u32 {
        let max = self.pinned.max_attempts(settings.max_attempts);
        #[cfg(feature = "test-util")]
        let max = testing::apply(&Settings {
            max_attempts: max,
            ..*settings
        })
        .max_attempts;
        max
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

    /// Returns the attempt that begins now, as the context stores it.
    #[inline]
    pub(crate) fn packed(&self) -> PackedAttempt {
        self.machine.packed()
    }

    /// Returns what else the code in the attempt can see.
    pub(crate) fn scope(&self) -> CallScope {
        let deadline = match self.measure.epoch() {
            DEFAULT_EPOCH => self.env().deadline(),
            _ => Moment::NEVER,
        };
        CallScope {
            call_number: self.machine.call_number(),
            deadline,
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
        let pinned = self.pinned;
        let (machine, env) = self.split();
        let decision = pinned.overriding(policy_ref, |policy_ref| {
            #[cfg(feature = "test-util")]
            let settings = testing::apply(policy_ref.settings);
            #[cfg(feature = "test-util")]
            let policy_ref = PolicyRef {
                settings: &settings,
                ..policy_ref
            };
            machine.decide(policy_ref, class, hint, &env)
        });
        if let Decision::Wait(delay) = decision {
            self.measure.wait(delay);
            #[cfg(feature = "test-util")]
            self.skipped.plan(delay, &self.measure);
        } else if self.machine.marks_enclosing() {
            self.measure.mark_enclosing();
        }
        decision
    }

    /// Records that the current attempt failed with this class, and ends the call without asking the machine.
    pub(crate) fn stop(&mut self, policy_ref: PolicyRef<'_>, class: Class) -> GiveUp {
        #[cfg(feature = "test-util")]
        self.resume();
        let pinned = self.pinned;
        let (machine, env) = self.split();
        let stop = |policy_ref: PolicyRef<'_>| machine.stop(policy_ref, class, &env);
        let reason = pinned.overriding(policy_ref, stop);
        if self.machine.marks_enclosing() {
            self.measure.mark_enclosing();
        }
        reason
    }

    /// Gives up if the next attempt cannot begin now. Returns the reason.
    pub(crate) fn give_up_if_late(&mut self, max_elapsed: Option<Duration>) -> Option<GiveUp> {
        self.give_up_if_after(self.pinned.max_elapsed(max_elapsed))
    }

    /// Gives up if a deadline has passed, and returns whether. For the begin of an attempt: `max_elapsed` allows a first
    /// attempt always, and a further one was checked when its wait ended, except for one that only overrides set.
    pub(crate) fn give_up_if_past_deadline(&mut self) -> bool {
        // A branch of its own, as in `attempt_limit`.
        #[cfg(feature = "overrides")]
        if self.pinned.is_some() {
            return self.give_up_if_late(None).is_some();
        }
        self.give_up_if_after(None).is_some()
    }

    fn give_up_if_after(&mut self, max_elapsed: Option<Duration>) -> Option<GiveUp> {
        #[cfg(feature = "test-util")]
        self.resume();
        let (machine, env) = self.split();
        let reason = machine.give_up_if_late(max_elapsed, &env)?;
        self.measure.mark_enclosing();
        Some(reason)
    }

    /// Returns whether the next attempt can begin now.
    pub fn can_begin(&self, max_elapsed: Option<Duration>) -> bool {
        let max_elapsed = self.pinned.max_elapsed(max_elapsed);
        self.machine.forbid_now(max_elapsed, &self.env()).is_none()
    }

    /// Returns how long the attempt that begins now may take: the smaller of the policy's limit and the time until the
    /// nearest deadline.
    pub fn attempt_limit(&self, attempt_timeout: Option<Duration>) -> Option<Duration> {
        // A branch of its own, so that calls without overrides keep what the compiler knows of their limits.
        #[cfg(feature = "overrides")]
        if self.pinned.is_some() {
            // Only a call that has one of the two limits has an error for an attempt that is cut off.
            let cuts_off = attempt_timeout.is_some() || self.env().deadline() < Moment::NEVER;
            let attempt_timeout = if cuts_off {
                self.pinned.attempt_timeout(attempt_timeout)
            } else {
                None
            };
            return self.shorter_limit(attempt_timeout);
        }
        self.shorter_limit(attempt_timeout)
    }

    /// Returns the smaller of this limit and the time until the nearest deadline.
    fn shorter_limit(&self, attempt_timeout: Option<Duration>) -> Option<Duration> {
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
