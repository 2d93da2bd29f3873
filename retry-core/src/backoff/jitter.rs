//! Spreading delays, so that clients that failed together do not come back together.

use core::time::Duration;

use super::arithmetic::scale;
use super::step::Step;
use crate::invalid_policy::InvalidPolicy;

/// How a delay `d` is spread, after it was cut to its cap.
///
/// All but [`Added`](Self::Added) spread downward, so that delays at the cap stay spread. No result exceeds the cap, or
/// is below the floor.
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
    /// `d` plus uniform in `0..=added`, up to the cap: delays at the cap are not spread. It spreads short delays more
    /// than long ones, and never makes a wait shorter than `d`.
    Added(Duration),
}

impl Jitter {
    /// Spreads a delay between the shortest and the longest of its shape. The window is cut to these before the draw, so
    /// that delays do not collect at either end.
    pub(super) fn spread(self, delay: Duration, within: Limits, step: &Step) -> Duration {
        let Limits { floor, cap } = within;
        let down = match self {
            Self::None => return delay,
            Self::Added(added) => {
                let up = added.min(cap.saturating_sub(delay));
                return delay.saturating_add(step.part_of(up));
            }
            // From below, because the part that is drawn is less than the whole: a delay may be zero.
            Self::Full => return floor + step.part_of(delay.saturating_sub(floor)),
            Self::Equal => delay / 2,
            Self::Proportional(part) => scale(delay, part),
        };
        delay.saturating_sub(step.part_of(down.min(delay.saturating_sub(floor))))
    }

    /// Returns the longest delay that [`spread`](Self::spread) may return.
    pub(super) fn longest(self, delay: Duration, cap: Duration) -> Duration {
        match self {
            Self::Added(added) => delay.saturating_add(added).min(cap.max(delay)),
            _ => delay,
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

/// The shortest and the longest delay of a shape.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) floor: Duration,
    pub(super) cap: Duration,
}
