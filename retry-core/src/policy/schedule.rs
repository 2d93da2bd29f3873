//! The delays of a policy, without a call.

use core::time::Duration;

use super::Settings;
use crate::machine::{Machine, Rules};
use crate::{Backoff, Class, Decision, On};

/// Iterates the delays that a policy would wait. Made by [`Policy::schedule`](crate::Policy::schedule).
#[derive(Clone, Debug)]
pub struct Schedule<'p, B> {
    settings: Settings,
    backoff: &'p B,
    ladder: On,
    machine: Machine,
}

impl<'p, B> Schedule<'p, B> {
    pub(super) fn new(settings: Settings, backoff: &'p B, ladder: On, seed: u64) -> Self {
        Self {
            settings: Settings {
                seed: Some(seed),
                ..settings
            },
            backoff,
            ladder,
            machine: Machine::new(),
        }
    }
}

impl<B: Backoff> Iterator for Schedule<'_, B> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let class = if self.ladder.retries(Class::Transient) {
            Class::Transient
        } else {
            Class::Refused
        };
        let rules = Rules {
            settings: &self.settings,
            backoff: self.backoff,
            ladder: self.ladder,
        };
        let slept = self.machine.slept();
        match self.machine.decide(rules, class, &mut || slept) {
            Decision::Wait(delay) => Some(delay),
            Decision::Stop(_) => None,
        }
    }
}
