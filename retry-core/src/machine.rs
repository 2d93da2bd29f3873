//! The state machine: told how an attempt ended, it says whether and when to go again.
//!
//! It does no I/O and never sleeps, and it asks for the time only where a rule needs it. Everything
//! that retries, from `#[retryable]` to a simulation, is a driver over [`Machine::decide`].

use core::time::Duration;

use crate::backoff::scale;
use crate::budget::Throttle;
use crate::policy::Settings;
use crate::{Backoff, Class, Clock, GiveUp, Nested, On, Step, rng};

/// What to do after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Wait this long, then make another attempt.
    Wait(Duration),
    /// Return the error, for this reason.
    Stop(GiveUp),
}

/// What the machine decides by: a policy, less its type parameters.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'p> {
    pub(crate) settings: &'p Settings,
    pub(crate) backoff: &'p dyn Backoff,
    pub(crate) throttle: &'p dyn Throttle,
    pub(crate) ladder: On,
}

/// What the machine asks of the world, and only where a rule needs it.
pub(crate) trait Surroundings {
    /// The time until the nearest deadline; `None` where there is none.
    fn left(&self) -> Option<Duration>;

    /// For a budget that refills with time.
    fn clock(&self) -> &dyn Clock;
}

/// The state of one call.
///
/// Times are nanoseconds in a `u64` (584 years), as this lies in the future of every annotated
/// function.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    call: u64,
    previous: u64,
    slept: u64,
    attempt: u32,
    max_attempts: u32,
    retried: Option<Retried>,
    gave_up: Option<GiveUp>,
    marked: bool,
}

/// Why the attempt under way is a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retried {
    Refused,
    Throttled,
    Transient,
    Ambiguous,
    Permanent,
}

impl Machine {
    pub(crate) const fn new() -> Self {
        Self {
            call: 0,
            previous: 0,
            slept: 0,
            attempt: 1,
            max_attempts: 0,
            retried: None,
            gave_up: None,
            marked: false,
        }
    }

    /// The first attempt begins.
    pub(crate) fn begin(&mut self, max_attempts: u32) {
        self.max_attempts = max_attempts;
    }

    /// Takes in that the attempt under way failed with this class.
    ///
    /// After it has said stop, it says so for ever.
    pub(crate) fn decide(
        &mut self,
        rules: Rules<'_>,
        class: Class,
        surroundings: &dyn Surroundings,
    ) -> Decision {
        let decision = match self.gave_up {
            Some(reason) => Err(reason),
            None => self.delay(rules, class, surroundings),
        };
        match decision {
            Ok(delay) => {
                self.attempt += 1;
                self.slept = self.slept.saturating_add(to_nanos(delay));
                self.retried = Some(retried(class));
                self.marked = false;
                Decision::Wait(delay)
            }
            Err(reason) => {
                self.gave_up = Some(reason);
                Decision::Stop(reason)
            }
        }
    }

    /// Takes in that the attempt under way failed, and that the driver makes no other one.
    pub(crate) fn stop(&mut self) -> GiveUp {
        *self.gave_up.get_or_insert(GiveUp::NotRetryable)
    }

    /// The rules, in their order.
    fn delay(
        &mut self,
        rules: Rules<'_>,
        class: Class,
        surroundings: &dyn Surroundings,
    ) -> Result<Duration, GiveUp> {
        let Rules {
            settings,
            backoff,
            throttle,
            ladder,
        } = rules;

        // 1. The class is on the ladder.
        if !ladder.retries(class) {
            return Err(GiveUp::NotRetryable);
        }
        throttle.failed(class, surroundings.clock());

        // 2. There are attempts left, and the backoff has a delay.
        if self.attempt >= settings.max_attempts {
            return Err(GiveUp::Exhausted);
        }
        let step = self.step(settings, class);
        let delay = backoff.delay(&step).ok_or(GiveUp::Exhausted)?;
        self.previous = to_nanos(delay);

        // 3. No nested retry gave up inside this attempt.
        if self.marked && settings.nested == Nested::Stop {
            return Err(GiveUp::Nested);
        }

        // 4. What the server asked for is not too long. Never wait less than was asked.
        // 5. The delay is at least what the server asked for, plus up to a tenth.
        let delay = match class.retry_after() {
            Some(hint) if hint > settings.max_retry_after => return Err(GiveUp::HintTooLong),
            Some(hint) if backoff.spreads_hints() => {
                delay.max(hint.saturating_add(scale(hint / 10, step.random())))
            }
            Some(hint) => delay.max(hint),
            None => delay,
        };

        // 6. The wait ends before the deadline.
        if surroundings.left().is_some_and(|left| delay >= left) {
            return Err(GiveUp::Deadline);
        }

        // 7. The budget has a retry left. It is spent now, before the wait.
        if !throttle.withdraw(&step, surroundings.clock()) {
            return Err(GiveUp::Budget);
        }

        // 8. Wait.
        Ok(delay)
    }

    fn step(&mut self, settings: &Settings, class: Class) -> Step {
        let seed = settings.seed.unwrap_or_else(|| self.name());
        let previous = (self.attempt > 1).then(|| Duration::from_nanos(self.previous));
        Step::new(self.attempt, previous, class, seed)
    }

    /// The identity of the call, drawn when it is first needed.
    fn name(&mut self) -> u64 {
        if self.call == 0 {
            self.call = rng::fresh_seed().max(1);
        }
        self.call
    }

    /// The identity of the call; 0 while nothing has asked for it.
    pub(crate) const fn call_id(&self) -> u64 {
        self.call
    }

    /// The number of the attempt under way, or of the last one.
    pub(crate) const fn attempt(&self) -> u32 {
        self.attempt
    }

    pub(crate) const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// How the attempt before this one failed; `None` in the first.
    pub(crate) fn retried(&self) -> Option<Class> {
        self.retried.map(|retried| match retried {
            Retried::Refused => Class::Refused,
            Retried::Throttled => Class::Throttled { retry_after: None },
            Retried::Transient => Class::Transient,
            Retried::Ambiguous => Class::Ambiguous,
            Retried::Permanent => Class::Permanent,
        })
    }

    pub(crate) const fn slept(&self) -> Duration {
        Duration::from_nanos(self.slept)
    }

    pub(crate) const fn gave_up(&self) -> Option<GiveUp> {
        self.gave_up
    }

    /// Whether a call inside the attempt under way gave up.
    pub(crate) const fn is_marked(&self) -> bool {
        self.marked
    }

    /// What the attempt under way has left behind.
    pub(crate) fn absorb(&mut self, call: u64, marked: bool) {
        self.call = call;
        self.marked = marked;
    }

    /// Whether the attempt that this call was made in is to know that a retry gave up: this one, or
    /// one inside of it whose failure was not handled.
    pub(crate) fn marks_around(&self) -> bool {
        match self.gave_up {
            None => false,
            Some(GiveUp::NotRetryable) => self.marked,
            Some(_) => true,
        }
    }
}

fn retried(class: Class) -> Retried {
    match class {
        Class::Refused => Retried::Refused,
        Class::Throttled { .. } => Retried::Throttled,
        Class::Transient => Retried::Transient,
        Class::Ambiguous => Retried::Ambiguous,
        Class::Permanent => Retried::Permanent,
    }
}

fn to_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
