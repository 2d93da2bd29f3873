//! Migration from the unmaintained crate `backoff` (RUSTSEC-2025-0012): its code under this crate's policies.
#![doc = include_str!("../docs/migrating-from-backoff.md")]

use core::time::Duration;

use ::backoff::exponential::ExponentialBackoff;

use crate::backoff::{Backoff, Step, grow, scale};
use crate::class::{Class, On};
use crate::classify::Classify;
use crate::policy::{Policy, SoftLimit};

/// The shape alone: `initial_interval · multiplier^(retry − 1)` up to `max_interval`, then uniform
/// within `randomization_factor` of it. The part of that window above `max_interval` is cut off before
/// the draw, so that delays at the cap stay spread.
///
/// A shape has no clock, so `max_elapsed_time` is ignored here: [`Policy::from`] converts that too.
impl<C> Backoff for ExponentialBackoff<C> {
    fn delay(&self, step: &Step) -> Option<Duration> {
        // That crate accepts every factor. Here, a factor that shrinks delays or is not a number leaves them
        // unchanged.
        let multiplier = self.multiplier.max(1.0);
        let exponent = step.retry.saturating_sub(1);
        let delay = grow(
            self.initial_interval,
            multiplier,
            exponent,
            self.max_interval,
        );

        let spread = scale(delay, self.randomization_factor.clamp(0.0, 1.0));
        let lowest = delay.saturating_sub(spread);
        let highest = delay.saturating_add(spread).min(self.max_interval);
        Some(lowest + step.part_of(highest.saturating_sub(lowest)))
    }

    fn spreads_hints(&self) -> bool {
        self.randomization_factor > 0.0
    }
}

/// That crate's rules as a policy: any number of attempts, `max_elapsed_time` as `max_elapsed`.
impl<C> From<ExponentialBackoff<C>> for Policy<ExponentialBackoff<C>, On, SoftLimit> {
    fn from(backoff: ExponentialBackoff<C>) -> Self {
        let mut policy = Policy::new()
            .max_attempts(u32::MAX)
            .max_elapsed(Duration::MAX);
        policy.settings.max_elapsed = backoff.max_elapsed_time;
        policy.backoff(backoff)
    }
}

/// `Permanent` is [`Class::Permanent`], and `Transient` is [`Class::Transient`]. The `retry_after` of that
/// is a hint, and no proof that the server did not process the attempt.
// Left out of the list in the message for other errors: most users do not have this one.
#[diagnostic::do_not_recommend]
impl<E> Classify for ::backoff::Error<E> {
    fn classify(&self) -> Class {
        match self {
            ::backoff::Error::Permanent(_) => Class::Permanent,
            ::backoff::Error::Transient { .. } => Class::Transient,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            ::backoff::Error::Permanent(_) => None,
            ::backoff::Error::Transient { retry_after, .. } => *retry_after,
        }
    }
}
