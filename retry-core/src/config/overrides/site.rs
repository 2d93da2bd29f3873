//! `Site`: the overrides of the calls of one name, and what they cannot change.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use retry_words::{Key, Word};

use super::installed::NotApplied;
use crate::backoff::Backoff;
use crate::classify::Ladder;
use crate::config::named::Named;
use crate::config::{PolicyConfig, Shape};
use crate::driver::Begun;
use crate::policy::Settings;

/// A name that is overridden, under one installed document.
#[derive(Debug)]
pub(super) struct Site {
    name: &'static str,
    config: PolicyConfig,
    /// A bit for each key that was reported, because it cannot apply.
    reported: AtomicU32,
}

impl Site {
    pub(super) fn new(name: &'static str, config: PolicyConfig) -> Self {
        Self {
            name,
            config,
            reported: AtomicU32::new(0),
        }
    }

    /// Whether it is the site of these settings.
    pub(super) fn has(&self, config: &PolicyConfig) -> bool {
        self.config == *config
    }

    /// The number of attempts of a call that has `own` in the code.
    pub(super) fn max_attempts(&self, own: u32) -> u32 {
        let retries = self.config.max_retries;
        let max = self
            .config
            .max
            .or(retries.map(|retries| retries.saturating_add(1)));
        match max {
            None => own,
            // The code repeats nothing, so nothing may be repeated.
            Some(max) if own == 1 && max > 1 => {
                let key = if self.config.max.is_some() {
                    Key::Max
                } else {
                    Key::MaxRetries
                };
                self.report(key);
                own
            }
            Some(max) => max,
        }
    }

    pub(super) fn max_elapsed(&self, own: Option<Duration>) -> Option<Duration> {
        self.config.max_elapsed.or(own)
    }

    /// The limit of an attempt of a call whose attempts are cut off.
    pub(super) fn attempt_timeout(&self, own: Option<Duration>) -> Option<Duration> {
        self.config.attempt_timeout.or(own)
    }

    /// What a call begins with that has these settings in the code.
    pub(super) fn begun(&self, own: &Settings) -> Begun {
        let (_, deadline) = self.limits(own);
        let max_attempts = self.max_attempts(own.max_attempts);
        Begun::new(max_attempts, deadline, self.max_elapsed(own.max_elapsed))
    }

    /// The limit of an attempt, and that of the call.
    fn limits(&self, own: &Settings) -> (Option<Duration>, Option<Duration>) {
        let config = &self.config;
        if own.attempt_timeout.or(own.deadline).is_some() {
            let attempt_timeout = config.attempt_timeout.or(own.attempt_timeout);
            return (attempt_timeout, config.deadline.or(own.deadline));
        }
        // There is no error for an attempt that is cut off.
        self.report_if(config.attempt_timeout.is_some(), Key::AttemptTimeout);
        self.report_if(config.deadline.is_some(), Key::Deadline);
        (None, None)
    }

    /// The settings of a call that has these in the code.
    pub(super) fn settings(&self, own: &Settings) -> Settings {
        let config = &self.config;
        let (attempt_timeout, deadline) = self.limits(own);
        Settings {
            max_attempts: self.max_attempts(own.max_attempts),
            attempt_timeout,
            deadline,
            max_elapsed: self.max_elapsed(own.max_elapsed),
            max_retry_after: config.max_retry_after.unwrap_or(own.max_retry_after),
            cut_retry_after: config.cut_retry_after.unwrap_or(own.cut_retry_after),
            nested: config.nested.unwrap_or(own.nested),
            ..*own
        }
    }

    /// The ladder of a call: never higher than that of the code.
    pub(super) fn ladder(&self, own: Ladder) -> Ladder {
        let Some(on) = self.config.on else { return own };
        let lowered = own.lowered(on);
        self.report_if(lowered.is_none(), Key::On);
        lowered.unwrap_or(own)
    }

    /// The shape of a call; `None` if it is that of the code.
    pub(super) fn shape(&self, own: &dyn Backoff) -> Option<Shape> {
        let config = &self.config;
        let numbers = [
            (Key::Base, config.base.is_some()),
            (Key::Factor, config.factor.is_some()),
            (Key::Cap, config.cap.is_some()),
            (Key::Jitter, config.jitter.is_some()),
            (Key::Floor, config.floor.is_some()),
            (Key::ThrottledBase, config.throttled_base.is_some()),
            (Key::FirstAtOnce, config.first_at_once.is_some()),
        ];
        let set = || {
            numbers
                .iter()
                .filter(|(_, is_set)| *is_set)
                .map(|(key, _)| *key)
        };
        set().next()?;
        let Some(shape) = own.built_in() else {
            set().for_each(|key| self.report(key));
            return None;
        };
        let unused = shape.name().word().unused_keys();
        let without_use = set().filter(|key| unused.contains(key));
        without_use.for_each(|key| self.report(key));
        let tuned = shape.tuned(config);
        if tuned.delays_fit() {
            return Some(tuned);
        }
        let delays = [Key::Base, Key::Cap, Key::Floor, Key::ThrottledBase];
        let without_effect = set().filter(|key| delays.contains(key));
        without_effect.for_each(|key| self.report(key));
        let others = PolicyConfig {
            base: None,
            cap: None,
            floor: None,
            throttled_base: None,
            ..config.clone()
        };
        Some(shape.tuned(&others))
    }

    /// What was reported.
    pub(super) fn not_applied(&self) -> impl Iterator<Item = NotApplied> {
        let reported = self.reported.load(Ordering::Relaxed);
        let keys = Key::settings().filter(move |key| reported & bit(*key) != 0);
        keys.map(|key| NotApplied {
            name: self.name,
            key: key.name(),
        })
    }

    fn report_if(&self, cannot_apply: bool, key: Key) {
        if cannot_apply {
            self.report(key);
        }
    }

    /// A document is new, so that everything is reported again.
    pub(super) fn report_again(&self) {
        self.reported.store(0, Ordering::Relaxed);
    }

    /// Reports a key that cannot apply, unless it was reported before.
    #[cold]
    fn report(&self, key: Key) {
        // `Relaxed`: the bit is all that is read.
        let before = self.reported.fetch_or(bit(key), Ordering::Relaxed);
        if before & bit(key) == 0 {
            #[cfg(feature = "tracing")]
            tracing::event!(
                target: "retryable::config",
                tracing::Level::WARN,
                retry.name = self.name,
                config.not_applied = key.name(),
            );
        }
    }
}

/// There are fewer than 32 keys.
fn bit(key: Key) -> u32 {
    1_u32.checked_shl(key as u32).unwrap_or_default()
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::*;

    /// What `Overrides::install` says of the memory that is kept.
    #[test]
    fn the_settings_that_are_kept_for_a_name_have_the_documented_size() {
        assert_eq!(size_of::<Site>(), 224);
    }
}
