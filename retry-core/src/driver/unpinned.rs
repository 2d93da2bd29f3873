//! Without the feature `overrides`, a call has the settings of the code.
#![expect(
    clippy::unused_self,
    reason = "the functions have the signatures of `config/overrides/pinned.rs`"
)]

use core::time::Duration;

use crate::machine::PolicyRef;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pinned;

impl Pinned {
    pub(crate) const NONE: Self = Self;

    pub(crate) fn max_attempts(self, own: u32) -> u32 {
        own
    }

    pub(crate) fn max_elapsed(self, own: Option<Duration>) -> Option<Duration> {
        own
    }

    pub(crate) fn overriding<R>(
        self,
        own: PolicyRef<'_>,
        decide: impl FnOnce(PolicyRef<'_>) -> R,
    ) -> R {
        decide(own)
    }
}
