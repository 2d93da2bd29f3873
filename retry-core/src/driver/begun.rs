//! What a call begins with, by its policy or by overrides.

use core::time::Duration;

use crate::context::PackedAttempt;
use crate::policy::Settings;
#[cfg(feature = "test-util")]
use crate::testing;

/// What a call begins with.
#[derive(Clone, Copy)]
pub(crate) struct Begun {
    /// Computed here, and not in `begin_with`: the compiler would share that code with calls that have overrides, whose
    /// maximum is not a constant.
    pub(super) first: PackedAttempt,
    pub(super) deadline: Option<Duration>,
    /// Measured even without a deadline.
    pub(super) is_timed: bool,
}

impl Begun {
    #[inline]
    pub(crate) fn new(
        max_attempts: u32,
        deadline: Option<Duration>,
        max_elapsed: Option<Duration>,
    ) -> Self {
        #[cfg(feature = "test-util")]
        let max_attempts = testing::apply(&Settings {
            max_attempts,
            ..Settings::DEFAULT
        })
        .max_attempts;
        Self {
            first: PackedAttempt::new(1, max_attempts),
            deadline,
            is_timed: max_elapsed.is_some(),
        }
    }

    /// Without overrides.
    #[inline]
    pub(crate) fn by(settings: &Settings) -> Self {
        Self::new(
            settings.max_attempts,
            settings.deadline,
            settings.max_elapsed,
        )
    }
}
