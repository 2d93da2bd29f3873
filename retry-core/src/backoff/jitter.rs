//! Spreading delays, so that clients that failed together do not come back together.

use core::time::Duration;

use super::arithmetic::scale;
use super::step::Step;
use crate::invalid_policy::InvalidPolicy;

/// How a delay `d` is spread: always downward, from a delay that was already cut to its cap.
///
/// So the result never exceeds the cap, and delays at the cap stay spread.
///
/// The names and formulas of `Full` and `Equal` are those of "Exponential Backoff and Jitter"
/// (Marc Brooker, AWS Architecture Blog, 2015).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// Exactly `d`. For tests, and for a single client. The default of [`Fixed`](crate::Fixed).
    None,
    /// Uniform in `0..=d`. The default of all other shapes: it spreads many clients best.
    #[default]
    Full,
    /// `d/2` plus uniform in `0..=d/2`: never less than half.
    Equal,
    /// Uniform in `d·(1−f)..=d`, with `f` in `0.0..=1.0`.
    Proportional(f64),
}

impl Jitter {
    /// Spreads a delay.
    pub(crate) fn spread(self, delay: Duration, step: &Step) -> Duration {
        match self {
            Self::None => delay,
            Self::Full => step.part_of(delay),
            Self::Equal => delay.saturating_sub(step.part_of(delay / 2)),
            Self::Proportional(part) => delay.saturating_sub(step.part_of(scale(delay, part))),
        }
    }

    pub(crate) const fn check(self) -> Result<(), InvalidPolicy> {
        match self {
            // Written so that NaN is rejected too.
            Self::Proportional(part) if !(part >= 0.0 && part <= 1.0) => {
                Err(InvalidPolicy::Proportion)
            }
            _ => Ok(()),
        }
    }

    pub(crate) const fn is_none(self) -> bool {
        matches!(self, Self::None)
    }
}
