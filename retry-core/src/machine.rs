//! The state machine: told how an attempt ended, it says whether and when to go again.
//!
//! It does no I/O and never sleeps, and it asks for the time only where a rule needs it. Everything
//! that retries, from `#[retryable]` to a simulation, is a driver over [`Machine::decide`].

use core::time::Duration;

use crate::backoff::scale;
use crate::policy::Settings;
use crate::{Backoff, Class, GiveUp, On, Step, rng};

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
    pub(crate) ladder: On,
}

/// The state of one call.
///
/// Times are nanoseconds in a `u64` (584 years), as this lies in the future of every annotated
/// function.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    generator: u64,
    previous: u64,
    slept: u64,
    attempt: u32,
    gave_up: Option<GiveUp>,
}

impl Machine {
    pub(crate) const fn new() -> Self {
        Self {
            generator: 0,
            previous: 0,
            slept: 0,
            attempt: 1,
            gave_up: None,
        }
    }

    /// Takes in that the attempt under way failed with this class. `elapsed` tells how long the call
    /// has taken so far, and is asked only where there is a deadline.
    ///
    /// After it has said stop, it says so for ever.
    pub(crate) fn decide(
        &mut self,
        rules: Rules<'_>,
        class: Class,
        elapsed: &mut dyn FnMut() -> Duration,
    ) -> Decision {
        let decision = match self.gave_up {
            Some(reason) => Err(reason),
            None => self.delay(rules, class, elapsed),
        };
        match decision {
            Ok(delay) => {
                self.attempt += 1;
                self.slept = self.slept.saturating_add(to_nanos(delay));
                Decision::Wait(delay)
            }
            Err(reason) => {
                self.gave_up = Some(reason);
                Decision::Stop(reason)
            }
        }
    }

    /// The rules, in their order.
    fn delay(
        &mut self,
        rules: Rules<'_>,
        class: Class,
        elapsed: &mut dyn FnMut() -> Duration,
    ) -> Result<Duration, GiveUp> {
        let Rules {
            settings,
            backoff,
            ladder,
        } = rules;

        // 1. The class is on the ladder.
        if !ladder.retries(class) {
            return Err(GiveUp::NotRetryable);
        }

        // 2. There are attempts left, and the backoff has a delay.
        if self.attempt >= settings.max_attempts {
            return Err(GiveUp::Exhausted);
        }
        let step = self.step(settings, class);
        let delay = backoff.delay(&step).ok_or(GiveUp::Exhausted)?;
        self.previous = to_nanos(delay);

        // 3. No nested retry gave up inside this attempt: `GiveUp::Nested`.

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
        self.generator = step.into_generator();

        // 6. The wait ends before the deadline.
        if settings
            .deadline
            .is_some_and(|deadline| elapsed().saturating_add(delay) >= deadline)
        {
            return Err(GiveUp::Deadline);
        }

        // 7. The budget has a retry left: `GiveUp::Budget`.

        // 8. Wait.
        Ok(delay)
    }

    fn step(&self, settings: &Settings, class: Class) -> Step {
        if self.attempt == 1 {
            let seed = settings.seed.unwrap_or_else(rng::fresh_seed);
            return Step::new(1, None, class, seed);
        }
        let previous = Duration::from_nanos(self.previous);
        Step::new(self.attempt, Some(previous), class, self.generator)
    }

    /// The number of the attempt under way, or of the last one.
    pub(crate) const fn attempt(&self) -> u32 {
        self.attempt
    }

    pub(crate) const fn slept(&self) -> Duration {
        Duration::from_nanos(self.slept)
    }

    pub(crate) const fn gave_up(&self) -> Option<GiveUp> {
        self.gave_up
    }
}

/// How long the attempt that begins now may take: the smaller of its own limit and what is left of
/// the deadline.
pub(crate) fn attempt_limit(
    settings: &Settings,
    limit: Option<Duration>,
    elapsed: impl FnOnce() -> Duration,
) -> Option<Duration> {
    let left = settings
        .deadline
        .map(|deadline| deadline.saturating_sub(elapsed()));
    match (limit, left) {
        (Some(limit), Some(left)) => Some(limit.min(left)),
        (limit, left) => limit.or(left),
    }
}

fn to_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
