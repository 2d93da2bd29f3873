//! `Pinned`: the overrides that a call began with.

use core::time::Duration;

use super::installed::look_up;
use super::site::Site;
use crate::driver::Begun;
use crate::machine::PolicyRef;
use crate::policy::{Name, Settings};

/// The overrides that a call keeps until it ends; for most calls, none.
///
/// A reference that is `Copy`, and not an `Arc`: dropping the call would otherwise cost a success up to 37 instructions more,
/// because what has to be dropped cannot stay in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pinned(Option<&'static Site>);

impl Pinned {
    pub(crate) const NONE: Self = Self(None);

    /// The overrides of a call that begins, and what it begins with.
    #[cold]
    #[inline(never)]
    pub(crate) fn begin(name: &Name, own: &Settings) -> (Self, Begun) {
        let site = look_up(name);
        let begun = site.map_or_else(|| Begun::by(own), |site| site.begun(own));
        (Self(site), begun)
    }

    pub(crate) fn max_attempts(self, own: u32) -> u32 {
        self.0.map_or(own, |site| site.max_attempts(own))
    }

    pub(crate) fn max_elapsed(self, own: Option<Duration>) -> Option<Duration> {
        self.0.map_or(own, |site| site.max_elapsed(own))
    }

    pub(crate) fn is_some(self) -> bool {
        self.0.is_some()
    }

    /// Only for a call whose attempts are cut off.
    #[cold]
    #[inline(never)]
    pub(crate) fn attempt_timeout(self, own: Option<Duration>) -> Option<Duration> {
        self.0.map_or(own, |site| site.attempt_timeout(own))
    }

    /// Calls `decide` with the policy that the call has with its overrides.
    pub(crate) fn overriding<R>(
        self,
        own: PolicyRef<'_>,
        decide: impl FnOnce(PolicyRef<'_>) -> R,
    ) -> R {
        let Some(site) = self.0 else {
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
