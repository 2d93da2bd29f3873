//! `Pinned`: the overrides that a call began with.

use core::time::Duration;
use std::sync::Arc;

use super::installed::look_up;
use super::site::Site;
use crate::machine::PolicyRef;
use crate::policy::{Name, Settings};
use crate::timer::Moment;

/// The overrides that a call keeps until it ends; for most calls, none.
#[derive(Clone, Debug)]
pub(crate) struct Pinned(Option<Arc<Pin>>);

/// The overrides of a call site, or of one call that has to measure its time for them.
#[derive(Debug)]
pub(super) struct Pin {
    pub(super) site: Arc<Site>,
    times: Option<Times>,
}

/// The times of a call that would not be measured without its overrides.
#[derive(Clone, Copy, Debug)]
struct Times {
    started: Moment,
    deadline: Moment,
}

impl Pin {
    pub(super) fn new(site: Site) -> Self {
        Self {
            site: Arc::new(site),
            times: None,
        }
    }
}

impl Pinned {
    pub(crate) const NONE: Self = Self(None);

    /// The overrides of a call that begins.
    pub(crate) fn new(name: &Name) -> Self {
        Self(look_up(name))
    }

    fn site(&self) -> Option<&Site> {
        self.0.as_ref().map(|pin| &*pin.site)
    }

    fn times(&self) -> Option<Times> {
        self.0.as_ref()?.times
    }

    /// The settings of the call. Only for its beginning, and for decisions: they are copied.
    pub(crate) fn settings(&self, own: &Settings) -> Settings {
        self.site().map_or(*own, |site| site.settings(own))
    }

    /// Keeps the times of a call that its driver does not measure.
    pub(crate) fn measure(&mut self, settings: &Settings, now: impl FnOnce() -> Moment) {
        let is_limited = settings.max_elapsed.or(settings.deadline).is_some();
        if let Some(pin) = self.0.as_ref().filter(|_| is_limited) {
            let started = now();
            let deadline = settings.deadline;
            self.0 = Some(Arc::new(Pin {
                site: Arc::clone(&pin.site),
                times: Some(Times {
                    started,
                    deadline: deadline.map_or(Moment::NEVER, |deadline| started.after(deadline)),
                }),
            }));
        }
    }

    pub(crate) fn max_attempts(&self, own: u32) -> u32 {
        self.site().map_or(own, |site| site.max_attempts(own))
    }

    pub(crate) fn max_elapsed(&self, own: Option<Duration>) -> Option<Duration> {
        self.site().map_or(own, |site| site.max_elapsed(own))
    }

    /// Only for a call whose attempts are cut off.
    pub(crate) fn attempt_timeout(&self, own: Option<Duration>) -> Option<Duration> {
        self.site().map_or(own, |site| site.attempt_timeout(own))
    }

    /// `measured` is what the driver measures.
    pub(crate) fn started(&self, measured: Moment) -> Moment {
        self.times().map_or(measured, |times| times.started)
    }

    pub(crate) fn deadline(&self, measured: Moment) -> Moment {
        self.times().map_or(measured, |times| times.deadline)
    }

    /// Calls `decide` with the policy that the call has with its overrides.
    pub(crate) fn overriding<R>(
        &self,
        own: PolicyRef<'_>,
        decide: impl FnOnce(PolicyRef<'_>) -> R,
    ) -> R {
        let Some(site) = self.site() else {
            return decide(own);
        };
        let settings = site.settings(own.settings);
        let shape = site.shape(own.backoff);
        decide(PolicyRef {
            settings: &settings,
            backoff: shape.as_ref().map_or(own.backoff, |shape| shape),
            budget: own.budget,
            ladder: site.ladder(own.ladder),
        })
    }
}
