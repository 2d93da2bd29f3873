//! The state machine: from how an attempt ended, it decides whether and when to retry.
//!
//! It does no I/O and never sleeps, and it reads the time only if a rule needs it. Everything that retries, from
//! `#[retryable]` to a simulation, is a driver over [`Machine::decide`].

mod failure_state;

use core::time::Duration;

use crate::backoff::{Backoff, Step};
use crate::budget::RetryBudget;
use crate::class::Class;
use crate::classify::Ladder;
use crate::context::{AttemptEffects, PackedAttempt};
use crate::give_up::GiveUp;
use crate::policy::{Nested, Settings};
use crate::timer::{Clock, Moment};
use failure_state::FailureState;

/// What to do after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Wait this long, then make another attempt.
    Wait(Duration),
    /// Return the error, for this reason.
    Stop(GiveUp),
}

/// A policy without its type parameters, as the machine reads it.
#[derive(Clone, Copy)]
pub(crate) struct PolicyRef<'p> {
    pub(crate) settings: &'p Settings,
    pub(crate) backoff: &'p dyn Backoff,
    pub(crate) budget: &'p dyn RetryBudget,
    pub(crate) ladder: Ladder,
}

impl PolicyRef<'_> {
    /// Reports a failure that is on the ladder to the budget, if the server or the network caused it.
    fn count(self, class: Class, bounds: Option<Bounds>, env: &dyn Env) {
        // An outer deadline cut the attempt off, or left it too little time. Budgets are shared: a caller with a
        // short deadline would otherwise use up the retries of all others.
        if bounds.is_none_or(|bounds| bounds.outer > bounds.now) {
            self.budget.failed(class, env.clock());
        }
    }
}

/// The environment of the machine: times and deadlines, read only if a rule needs them.
pub(crate) trait Env {
    /// Returns the time and the moments that bound the call; `None` if it has no bound.
    fn bounds(&self, max_elapsed: Option<Duration>) -> Option<Bounds>;

    /// Returns the clock, for a budget that refills with time.
    fn clock(&self) -> &dyn Clock;
}

/// The time now, and the moments that bound a call; [`Moment::NEVER`] for a bound that it does not have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) now: Moment,
    /// The nearest deadline: the call's, or `outer`.
    pub(crate) deadline: Moment,
    /// The deadline that the call did not set itself: that of the enclosing attempt, or of a caller in another process.
    outer: Moment,
    max_elapsed: Moment,
}

impl Bounds {
    /// Reads the clock, if one of the bounds is set; otherwise returns `None`.
    #[inline]
    pub(crate) fn new(
        own: Moment,
        outer: Moment,
        max_elapsed: Moment,
        clock: &impl Clock,
    ) -> Option<Self> {
        let deadline = own.min(outer);
        (deadline.min(max_elapsed) < Moment::NEVER).then(|| Self {
            now: clock.now(),
            deadline,
            outer,
            max_elapsed,
        })
    }

    /// Returns the time until the nearer of both bounds.
    fn remaining(self) -> Duration {
        self.deadline.min(self.max_elapsed).since(self.now)
    }

    /// Returns why an attempt cannot begin after this delay, if it cannot. At the deadline, an attempt would have no
    /// time left; at `max_elapsed`, it may still begin.
    fn forbid(self, delay: Duration) -> Option<GiveUp> {
        let begins = self.now.after(delay);
        if self.deadline < Moment::NEVER && begins >= self.deadline {
            Some(GiveUp::Deadline)
        } else if begins > self.max_elapsed {
            Some(GiveUp::MaxElapsed)
        } else {
            None
        }
    }
}

/// The state of one call.
///
/// Small, because it lies in the future of every annotated function. A call that succeeds at once writes only the
/// first words.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    packed: PackedAttempt,
    call_number: u64,
    failure: FailureState,
}

/// The maximum of a call that has not begun: no policy allows no attempts.
const NOT_BEGUN: u32 = 0;

impl Machine {
    pub(crate) const fn new() -> Self {
        Self {
            packed: PackedAttempt::new(1, NOT_BEGUN),
            call_number: 0,
            failure: FailureState::NONE,
        }
    }

    /// Whether the first attempt has begun.
    #[inline]
    pub(crate) const fn has_begun(&self) -> bool {
        self.packed.has_max()
    }

    /// Begins the first attempt. `has_deadline`: code in the attempts can see that.
    #[inline]
    pub(crate) fn begin(&mut self, first: PackedAttempt, has_deadline: bool) {
        self.packed = first;
        if has_deadline {
            self.packed = self.packed.with_scope();
        }
    }

    /// Records that the current attempt failed with this class, and decides what follows. `hint` is how long the
    /// server asked to wait: it is separate from the class, because a failure of any class may have one.
    ///
    /// Once this has returned [`Decision::Stop`], it always does.
    pub(crate) fn decide(
        &mut self,
        policy: PolicyRef<'_>,
        class: Class,
        hint: Option<Duration>,
        env: &dyn Env,
    ) -> Decision {
        let decision = match self.gave_up() {
            Some(reason) => Err(reason),
            None => self.delay(policy, class, hint, env),
        };
        match decision {
            Ok((planned, delay)) => {
                self.failure.retry(planned, class, hint.is_some());
                self.packed = self.packed.next();
                Decision::Wait(delay)
            }
            Err(reason) => {
                self.failure.give_up(reason);
                Decision::Stop(reason)
            }
        }
    }

    /// Records that the current attempt failed with this class, and that the driver cannot make a further one.
    pub(crate) fn stop(&mut self, policy: PolicyRef<'_>, class: Class, env: &dyn Env) -> GiveUp {
        if self.gave_up().is_none() && policy.ladder.retries(class) {
            policy.count(class, env.bounds(None), env);
        }
        let reason = self.gave_up().unwrap_or(GiveUp::NotRetryable);
        self.failure.give_up(reason);
        reason
    }

    /// Returns why the next attempt cannot begin now, if it cannot: the call gave up, or it is too late.
    ///
    /// `max_elapsed` does not forbid the first attempt, because there would be no error to return.
    pub(crate) fn forbid_now(
        &self,
        max_elapsed: Option<Duration>,
        env: &dyn Env,
    ) -> Option<GiveUp> {
        if let Some(reason) = self.gave_up() {
            return Some(reason);
        }
        let max_elapsed = max_elapsed.filter(|_| self.attempt() > 1);
        env.bounds(max_elapsed)?.forbid(Duration::ZERO)
    }

    /// Gives up if the next attempt cannot begin now: after a wait, which may have ended later than planned, or before
    /// the first attempt. The attempt that is not made does not count.
    pub(crate) fn give_up_if_late(
        &mut self,
        max_elapsed: Option<Duration>,
        env: &dyn Env,
    ) -> Option<GiveUp> {
        let reason = self.forbid_now(max_elapsed, env)?;
        if self.gave_up().is_none() {
            self.packed = self.packed.previous();
            self.failure.give_up(reason);
        }
        Some(reason)
    }

    /// Applies the rules, in their order. Returns the delay of the backoff, and the delay to wait.
    fn delay(
        &self,
        policy: PolicyRef<'_>,
        class: Class,
        hint: Option<Duration>,
        env: &dyn Env,
    ) -> Result<(Duration, Duration), GiveUp> {
        // 1. The class is on the ladder.
        if !policy.ladder.retries(class) {
            return Err(GiveUp::NotRetryable);
        }
        let bounds = env.bounds(policy.settings.max_elapsed);
        policy.count(class, bounds, env);
        let PolicyRef {
            settings,
            backoff,
            budget,
            ..
        } = policy;

        // 2. There are attempts left, and the backoff has a delay.
        if self.attempt() >= settings.max_attempts {
            return Err(GiveUp::Exhausted);
        }
        let step = self.step(settings, class);
        let planned = backoff.delay(&step).ok_or(GiveUp::Exhausted)?;

        // 3. No nested retry gave up inside this attempt.
        if self.packed.is_marked() && settings.nested == Nested::Stop {
            return Err(GiveUp::Nested);
        }

        // 4. The server's hint is not too long. It is shortened only if the policy says so.
        let longest = settings.max_retry_after;
        if hint.is_some_and(|hint| hint > longest) && !settings.cut_retry_after {
            return Err(GiveUp::HintTooLong);
        }
        let hint = hint.map(|hint| hint.min(longest));

        // 5. The delay is at least the server's hint, plus up to a tenth.
        let delay = match hint {
            Some(hint) if backoff.spreads_hints() => {
                let spread = spread(hint, bounds.map(Bounds::remaining));
                planned.max(hint.saturating_add(step.part_of(spread)))
            }
            Some(hint) => planned.max(hint),
            None => planned,
        };

        // 6. The wait ends before the deadline, and not after `max_elapsed`.
        if let Some(reason) = bounds.and_then(|bounds| bounds.forbid(delay)) {
            return Err(reason);
        }

        // 7. The budget has a retry left. It is spent now, before the wait.
        if !budget.withdraw(&step, env.clock()) {
            return Err(GiveUp::Budget);
        }

        // 8. Wait.
        Ok((planned, delay))
    }

    fn step(&self, settings: &Settings, class: Class) -> Step {
        let (retry, previous) = (self.attempt(), self.failure.previous());
        let mut step = match settings.seed {
            // Each retry draws from its own stream, so that a call stores no state of a generator.
            Some(seed) => Step::new(retry, previous, class, seed),
            None => Step::unseeded(retry, previous, class),
        };
        let since_hint = previous.and_then(|_| self.failure.retries_since_hint());
        step.since_hint = since_hint.map_or(self.attempt(), |retries| retries + 1);
        step
    }

    /// Sets the number of the call, for a recording.
    #[cfg(feature = "test-util")]
    pub(crate) fn identify(&mut self, call_number: u64) {
        self.call_number = call_number;
        self.packed = self.packed.with_scope();
    }

    /// Returns the number of the call; 0 until code asks for it.
    pub(crate) const fn call_number(&self) -> u64 {
        self.call_number
    }

    /// Returns the current attempt, or the last one, as the context stores it.
    pub(crate) const fn packed(&self) -> PackedAttempt {
        self.packed
    }

    /// Returns the number of the current attempt, or of the last one.
    pub(crate) const fn attempt(&self) -> u32 {
        self.packed.number()
    }

    /// Returns the class of the previous attempt's failure; `None` in the first attempt.
    pub(crate) fn retried(&self) -> Option<Class> {
        self.failure.retried()
    }

    pub(crate) fn gave_up(&self) -> Option<GiveUp> {
        self.failure.gave_up()
    }

    /// Records what code in the current attempt left behind.
    pub(crate) fn absorb(&mut self, effects: AttemptEffects) {
        self.call_number = effects.call_number;
        self.packed = self.packed.after(effects);
    }

    /// Returns whether the enclosing attempt must be marked: this call gave up, or a call nested in it did and the
    /// failure was not handled.
    pub(crate) fn marks_enclosing(&self) -> bool {
        match self.gave_up() {
            None => false,
            Some(GiveUp::NotRetryable) => self.packed.is_marked(),
            Some(_) => true,
        }
    }
}

/// Returns how much longer than `hint` a wait may be, so that clients with the same hint do not come back together.
///
/// No more than half of what the deadline or `max_elapsed` leaves after the hint, so that a wait for a hint that fits
/// leaves time for the attempt. The window is cut before the draw, as for capped delays: clients whose draw was too
/// long would otherwise all come back at the deadline.
fn spread(hint: Duration, remaining: Option<Duration>) -> Duration {
    let most = hint / 10;
    match remaining {
        Some(remaining) => most.min(remaining.saturating_sub(hint) / 2),
        None => most,
    }
}
