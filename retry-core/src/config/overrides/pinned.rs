//! `Pinned`: the overrides that a call began with.

use core::time::Duration;

use super::installed::look_up;
use super::site::Site;
use crate::driver::{Begun, shorter};
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

    /// How long an attempt may take that has `own` in the code, and `remaining` until the nearest deadline.
    /// `has_deadline`: the call has one itself.
    pub(crate) fn attempt_limit(
        self,
        own: Option<Duration>,
        has_deadline: bool,
        remaining: Option<Duration>,
    ) -> Option<Duration> {
        match self.0 {
            None => shorter(own, remaining),
            Some(site) => overridden_limit(site, own, has_deadline, remaining),
        }
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

/// Apart, so that calls without overrides keep what the compiler knows of their limits.
#[cold]
#[inline(never)]
fn overridden_limit(
    site: &Site,
    own: Option<Duration>,
    has_deadline: bool,
    remaining: Option<Duration>,
) -> Option<Duration> {
    // Only a call that has one of the two limits has an error for an attempt that is cut off.
    let cuts_off = own.is_some() || has_deadline;
    let own = if cuts_off {
        site.attempt_timeout(own)
    } else {
        None
    };
    shorter(own, remaining)
}
