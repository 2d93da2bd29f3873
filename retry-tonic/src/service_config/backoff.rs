//! The backoff of A6.

use std::fmt;
use std::time::Duration;

use retry_core::{Backoff, Class, Step};

/// Delays of `min(initial · multiplier^(n − 1), max)`, times a random number in `0.8..1.2`. They may exceed the maximum by a fifth,
/// because A6 says so. After a wait that the server asked for, `n` starts at 1 again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct A6Backoff {
    pub(super) initial: Duration,
    pub(super) max: Duration,
    pub(super) multiplier: f64,
}

/// How far a delay is from what it would be without chance.
const JITTER: std::ops::Range<f64> = 0.8..1.2;

impl Backoff for A6Backoff {
    fn delay(&self, step: &Step) -> Option<Duration> {
        if let Class::Throttled {
            retry_after: Some(_),
        } = step.class
        {
            // The server's wait counts, and not ours. Zero tells the next step to start again.
            return Some(Duration::ZERO);
        }
        let factor = JITTER.start + (JITTER.end - JITTER.start) * step.random();
        Some(self.scaled(self.exponent(step), factor))
    }

    fn longest_delay(&self, step: &Step) -> Option<Duration> {
        Some(self.scaled(self.exponent(step), JITTER.end))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl A6Backoff {
    /// Returns `n − 1`, which the previous delay shows: a shape keeps nothing between steps.
    ///
    /// Without a wait that the server asked for, it is the number of retries before this one. After such a wait it is the
    /// largest one that the previous delay allows, if a small multiplier leaves several: the longer wait.
    fn exponent(&self, step: &Step) -> u32 {
        let before = step.retry.saturating_sub(1);
        let Some(previous) = step.previous.filter(|previous| !previous.is_zero()) else {
            return 0;
        };
        let fits = |exponent: &u32| {
            let (least, most) = (JITTER.start, JITTER.end);
            let of_previous = exponent - 1;
            self.scaled(of_previous, least) <= previous
                && previous <= self.scaled(of_previous, most)
        };
        (1..=before).rev().find(fits).unwrap_or(before)
    }

    fn scaled(&self, exponent: u32, factor: f64) -> Duration {
        let exponent = i32::try_from(exponent).unwrap_or(i32::MAX);
        let grown = self.initial.as_secs_f64() * self.multiplier.powi(exponent);
        // `min` returns the other number if one is not a number.
        let seconds = grown.min(self.max.as_secs_f64()) * factor;
        Duration::try_from_secs_f64(seconds).unwrap_or(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: A6Backoff = A6Backoff {
        initial: Duration::from_millis(100),
        max: Duration::from_secs(1),
        multiplier: 2.0,
    };

    fn delays(shape: A6Backoff, classes: &[Class], seed: u64) -> Vec<Duration> {
        let mut previous = None;
        let delays = (1..).zip(classes).map(|(retry, class)| {
            let step = Step::new(retry, previous, *class, seed);
            previous = shape.delay(&step);
            previous.unwrap()
        });
        delays.collect()
    }

    fn assert_around(delays: &[Duration], millis: &[u64]) {
        assert_eq!(delays.len(), millis.len());
        for (delay, millis) in delays.iter().zip(millis) {
            let center = Duration::from_millis(*millis);
            assert!(
                (center.mul_f64(0.8)..=center.mul_f64(1.2)).contains(delay),
                "{delays:?}"
            );
        }
    }

    /// B29: `min(0.1 · 2^(n − 1), 1) · U(0.8, 1.2)`.
    #[test]
    fn delays_grow_to_the_maximum_and_are_spread_around_it() {
        let mut above = 0;
        for seed in 0..200 {
            let delays = delays(SHAPE, &[Class::Transient; 6], seed);
            assert_around(&delays, &[100, 200, 400, 800, 1_000, 1_000]);
            above += u32::from(delays[5] > SHAPE.max);
        }
        assert!((60..140).contains(&above), "{above}");
    }

    #[test]
    fn delays_start_again_after_a_wait_that_the_server_asked_for() {
        let pushback = Class::Throttled {
            retry_after: Some(Duration::from_secs(9)),
        };
        let classes = [
            Class::Transient,
            Class::Transient,
            pushback,
            Class::Transient,
            Class::Transient,
        ];
        for seed in 0..200 {
            let delays = delays(SHAPE, &classes, seed);
            assert_around(&delays, &[100, 200, 0, 100, 200]);
        }
    }

    #[test]
    fn a_small_multiplier_grows_exactly_if_the_server_asks_for_nothing() {
        let slow = A6Backoff {
            multiplier: 1.1,
            ..SHAPE
        };
        for seed in 0..200 {
            let delays = delays(slow, &[Class::Transient; 4], seed);
            for (delay, center) in delays.iter().zip([0.1, 0.11, 0.121, 0.1331]) {
                let center = Duration::from_secs_f64(center);
                assert!(
                    (center.mul_f64(0.8)..=center.mul_f64(1.2)).contains(delay),
                    "{delays:?}"
                );
            }
        }
    }

    #[test]
    fn extreme_settings_do_not_panic() {
        let longest = Duration::MAX;
        let extreme = [
            (longest, longest, 1e300),
            (Duration::from_nanos(1), longest, 1e-300),
        ];
        for (initial, max, multiplier) in extreme {
            let shape = A6Backoff {
                initial,
                max,
                multiplier,
            };
            delays(shape, &[Class::Transient; 50], 1);
        }
    }
}
