//! The delays of a policy, without a call.

use core::time::Duration;

use crate::backoff::Backoff;
use crate::budget::NoBudget;
use crate::class::{Class, On};
use crate::classify::Ladder;
use crate::machine::{Bounds, Decision, Env, Machine, PolicyRef};
use crate::policy::{Nested, Policy, Settings};
use crate::timer::{Clock, Moment};

impl<B: Backoff, O, L, T> Policy<B, O, L, T> {
    /// Returns the delays of a call under this policy with the seed `seed`, if every attempt fails at once: for
    /// previews, plots and tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use std::time::Duration;
    ///
    /// let policy = Policy::exponential(Duration::from_millis(100)).max_attempts(5);
    /// let worst: Duration = policy.schedule(42).sum();
    /// assert!(worst <= Duration::from_millis(100 + 200 + 400 + 800));
    /// ```
    pub fn schedule(&self, seed: u64) -> Schedule<'_, B> {
        Schedule::new(self.settings, &self.backoff, seed)
    }
}

/// An iterator over the delays of a policy. Made by [`Policy::schedule`](crate::Policy::schedule).
#[derive(Clone, Debug)]
pub struct Schedule<'p, B> {
    settings: Settings,
    backoff: &'p B,
    machine: Machine,
    slept: Duration,
}

impl<'p, B> Schedule<'p, B> {
    fn new(settings: Settings, backoff: &'p B, seed: u64) -> Self {
        Self {
            settings: Settings {
                seed: Some(seed),
                nested: Nested::Multiply,
                ..settings
            },
            backoff,
            machine: Machine::new(),
            slept: Duration::ZERO,
        }
    }
}

impl<B: Backoff> Iterator for Schedule<'_, B> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let policy_ref = PolicyRef {
            settings: &self.settings,
            backoff: self.backoff,
            budget: &NoBudget,
            ladder: Ladder::up_to(On::Any),
        };
        let env = OnlyWaits {
            now: Moment::EPOCH.after(self.slept),
            deadline: moment(self.settings.deadline),
        };
        let class = Class::Transient;
        match self.machine.decide(policy_ref, class, None, &env) {
            Decision::Wait(delay) => {
                self.slept = self.slept.saturating_add(delay);
                Some(delay)
            }
            Decision::Stop(_) => None,
        }
    }
}

/// An environment in which attempts take no time.
struct OnlyWaits {
    now: Moment,
    deadline: Moment,
}

/// Returns the moment at which a limit is reached; [`Moment::NEVER`] without a limit.
fn moment(limit: Option<Duration>) -> Moment {
    limit.map_or(Moment::NEVER, |limit| Moment::EPOCH.after(limit))
}

impl Env for OnlyWaits {
    fn bounds(&self, max_elapsed: Option<Duration>) -> Option<Bounds> {
        Bounds::new(self.deadline, Moment::NEVER, moment(max_elapsed), self)
    }

    fn clock(&self) -> &dyn Clock {
        self
    }
}

impl Clock for OnlyWaits {
    fn now(&self) -> Moment {
        self.now
    }
}
