//! Jitter is as random as it says: chi-squared tests with fixed seeds, and what a seed reproduces.

use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Backoff, Class, Decorrelated, Exponential, Fixed, Jitter, NoDelay, Policy, Step, transient,
};

use crate::common::{self, Recorder, everyday_shape, ms, ready, secs};

const BINS: usize = 64;
const DRAWS: u32 = 100_000;

/// Chi-squared with 63 degrees of freedom leaves this range in one of 500 samples: the quantiles 0.001
/// and 0.999 (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4). Below it, draws are spread
/// more evenly than chance would.
const PLAUSIBLE: std::ops::Range<f64> = 33.906..103.442;

/// Chi-squared of `delays` over bins of equal width in `lowest..highest`.
#[track_caller]
fn assert_uniform(delays: impl Iterator<Item = Duration>, lowest: Duration, highest: Duration) {
    let mut bins = [0_u32; BINS];
    let width = highest.as_nanos() - lowest.as_nanos();
    for delay in delays {
        assert!((lowest..=highest).contains(&delay), "{delay:?}");
        let place = (delay.as_nanos() - lowest.as_nanos()) * BINS as u128 / width;
        let bin = usize::try_from(place).unwrap().min(BINS - 1);
        bins[bin] += 1;
    }
    assert_eq!(bins.iter().sum::<u32>(), DRAWS);
    let expected = f64::from(DRAWS) / 64.0;
    let squares = bins.map(|count| (f64::from(count) - expected).powi(2) / expected);
    let chi_squared: f64 = squares.iter().sum();
    assert!(PLAUSIBLE.contains(&chi_squared), "{chi_squared}");
}

/// What one call draws, retry after retry.
fn one_call<B: Backoff>(shape: B, seed: u64) -> impl Iterator<Item = Duration> {
    let policy = Policy::with_backoff(shape).max_retries(DRAWS);
    let delays: Vec<_> = policy.schedule(seed).collect();
    delays.into_iter()
}

/// What many calls draw, each from its own seed. Seeds that merely count up would be spread
/// more evenly than chance, so they are mixed (`SplitMix64`, Steele, Lea and Flood, 2014).
fn a_crowd<B: Backoff>(shape: B, seed: u64) -> impl Iterator<Item = Duration> {
    a_crowd_at(shape, 1, None, seed)
}

fn a_crowd_at<B: Backoff>(
    shape: B,
    retry: u32,
    previous: Option<Duration>,
    seed: u64,
) -> impl Iterator<Item = Duration> {
    (0..u64::from(DRAWS)).map(move |call| {
        let mixed = seed.wrapping_add(call).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let step = Step::new(retry, previous, Class::Transient, mixed ^ mixed >> 31);
        shape.delay(&step).expect("this shape does not stop")
    })
}

#[test]
fn full_jitter_is_uniform_from_zero_to_the_delay() {
    let shape = Fixed::new(secs(1)).jitter(Jitter::Full);
    for seed in [0, 1, 42, u64::MAX] {
        assert_uniform(one_call(shape, seed), Duration::ZERO, secs(1));
        assert_uniform(a_crowd(shape, seed), Duration::ZERO, secs(1));
    }
}

#[test]
fn equal_jitter_is_uniform_over_the_upper_half() {
    let shape = Fixed::new(secs(1)).jitter(Jitter::Equal);
    for seed in [0, 1, 42, u64::MAX] {
        assert_uniform(one_call(shape, seed), ms(500), secs(1));
        assert_uniform(a_crowd(shape, seed), ms(500), secs(1));
    }
}

#[test]
fn proportional_jitter_is_uniform_over_its_part() {
    let shape = Fixed::new(secs(1)).jitter(Jitter::Proportional(0.25));
    for seed in [0, 1, 42, u64::MAX] {
        assert_uniform(one_call(shape, seed), ms(750), secs(1));
        assert_uniform(a_crowd(shape, seed), ms(750), secs(1));
    }
}

#[test]
fn the_first_decorrelated_delay_is_uniform_from_base_to_three_times_base() {
    let shape = Decorrelated::new(ms(100));
    for seed in [0, 1, 42, u64::MAX] {
        assert_uniform(a_crowd(shape, seed), ms(100), ms(300));
    }
}

#[test]
fn delays_at_the_cap_stay_spread() {
    let shape = Exponential::new(ms(900)).factor(1e9).cap(secs(1));
    assert_uniform(a_crowd_at(shape, 1000, None, 3), Duration::ZERO, secs(1));

    let shape = Decorrelated::new(ms(500)).cap(secs(1));
    let previous = Some(secs(1));
    assert_uniform(a_crowd_at(shape, 1000, previous, 3), ms(500), secs(1));
}

#[test]
fn the_spread_of_a_hint_is_uniform_over_a_tenth() {
    let class = common::hint(secs(1));
    let policy = Policy::with_backoff(NoDelay).max_retries(DRAWS).seed(7);
    let mut retry = policy.start_with(Recorder::default());
    let delays = std::iter::from_fn(|| match retry.decide(class) {
        retry_core::Decision::Wait(delay) => Some(delay),
        retry_core::Decision::Stop(_) => None,
    });
    assert_uniform(delays, secs(1), ms(1100));
}

#[test]
fn a_step_draws_below_one() {
    let step = Step::new(1, None, Class::Transient, 3);
    assert!((0..DRAWS).all(|_| (0.0..1.0).contains(&step.random())));
}

proptest! {
    #[test]
    fn a_schedule_is_what_a_call_with_that_seed_waits(
        built in everyday_shape(),
        seed in any::<u64>(),
        attempts in 1..12_u32,
        max_elapsed in prop::option::of((1..60_u64).prop_map(secs)),
    ) {
        let policy = Policy::with_backoff(built.shape)
            .max_attempts(attempts)
            .seed(seed)
            .max_elapsed(max_elapsed.unwrap_or(Duration::MAX));
        // A delay of zero is no wait.
        let preview = policy.schedule(seed).filter(|delay| !delay.is_zero());
        let timer = Recorder::default();
        let outcome = ready(policy.run_with(timer.clone(), async || Err::<(), _>(transient("down"))));
        prop_assert_eq!(outcome, Err(transient("down")));
        prop_assert_eq!(timer.delays(), preview.collect::<Vec<_>>());
    }
}

#[test]
fn a_schedule_overrides_the_seed_of_its_policy() {
    let policy = Policy::new().max_attempts(9).seed(1);
    let delays = |seed| policy.schedule(seed).collect::<Vec<_>>();
    assert_eq!(delays(1), delays(1));
    assert_ne!(delays(1), delays(2));
}

#[test]
fn a_schedule_shows_the_delays_of_a_policy_that_only_retries_what_was_refused() {
    let policy = Policy::new().on(retry_core::On::Refused);
    assert_eq!(
        policy.schedule(5).collect::<Vec<_>>(),
        Policy::new().schedule(5).collect::<Vec<_>>()
    );
    assert_eq!(policy.schedule(5).count(), 2);
}

#[test]
fn a_schedule_that_has_ended_stays_ended() {
    let policy = Policy::new().max_attempts(2);
    let mut schedule = policy.schedule(0);
    assert!(schedule.next().is_some());
    assert_eq!([schedule.next(), schedule.next()], [None, None]);
}

#[test]
fn calls_without_a_seed_differ() {
    let policy = Policy::exponential(secs(1)).max_attempts(4);
    let delays = || {
        let timer = Recorder::default();
        let outcome = policy
            .blocking_with(timer.clone(), || Err::<(), _>(transient("down")))
            .call();
        assert!(outcome.is_err());
        timer.delays()
    };
    assert_ne!(delays(), delays());
}
