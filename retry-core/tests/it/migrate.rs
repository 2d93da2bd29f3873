//! Values of the crate `backoff`, run under this one.

use std::time::Duration;

use backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
use proptest::prelude::*;
use retry_core::{Backoff, Class, Classify, GiveUp, Policy, Step};

use crate::common::{Recorder, any_duration, any_retry, ms, secs};

fn step(retry: u32, seed: u64) -> Step {
    Step::new(retry, None, Class::Transient, seed)
}

fn shape(
    initial: Duration,
    multiplier: f64,
    randomization: f64,
    max: Duration,
) -> ExponentialBackoff {
    ExponentialBackoffBuilder::new()
        .with_initial_interval(initial)
        .with_multiplier(multiplier)
        .with_randomization_factor(randomization)
        .with_max_interval(max)
        .build()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_delay_never_exceeds_the_longest_interval_for_any_settings(
        initial in any_duration(),
        max in any_duration(),
        multiplier in prop::num::f64::ANY,
        randomization in prop::num::f64::ANY,
        retry in any_retry(),
        seed in any::<u64>(),
    ) {
        let shape = shape(initial, multiplier, randomization, max);
        let delay = shape.delay(&step(retry, seed)).expect("it never stops");
        prop_assert!(delay <= max);
    }

    #[test]
    fn a_delay_is_within_its_randomization_of_the_interval(
        initial in 1..2_000_u64,
        multiplier in 1.0..3.0,
        randomization in 0.0..=1.0,
        retry in 1..40_u32,
        seed in any::<u64>(),
    ) {
        let max = secs(60);
        let shape = shape(ms(initial), multiplier, randomization, max);
        let exponent = i32::try_from(retry - 1).unwrap();
        let interval = (ms(initial).as_secs_f64() * f64::powi(multiplier, exponent)).min(60.0);
        let delay = shape.delay(&step(retry, seed)).unwrap().as_secs_f64();
        prop_assert!(delay >= interval * (1.0 - randomization) - 1e-6, "{delay} of {interval}");
        prop_assert!(delay <= (interval * (1.0 + randomization)).min(60.0) + 1e-6);
    }
}

#[test]
fn without_randomization_the_intervals_are_those_of_that_crate() {
    let mut theirs = shape(ms(500), 1.5, 0.0, secs(4));
    let ours = theirs.clone();
    for retry in 1..12 {
        let expected = backoff::backoff::Backoff::next_backoff(&mut theirs).unwrap();
        let delay = ours.delay(&step(retry, 0)).unwrap();
        assert!(
            delay.abs_diff(expected) <= Duration::from_nanos(1),
            "{delay:?}, {expected:?}"
        );
    }
}

#[test]
fn delays_at_the_longest_interval_stay_spread() {
    let shape = shape(secs(1), 2.0, 0.5, secs(1));
    let at_the_top = (0..1000).filter(|&seed| shape.delay(&step(9, seed)) == Some(secs(1)));
    assert_eq!(at_the_top.count(), 0);
}

#[test]
fn only_a_shape_that_randomizes_spreads_hints() {
    assert!(ExponentialBackoff::default().spreads_hints());
    assert!(!shape(secs(1), 2.0, 0.0, secs(1)).spreads_hints());
    assert!(!shape(secs(1), 2.0, f64::NAN, secs(1)).spreads_hints());
}

#[test]
fn a_policy_takes_over_the_elapsed_time_and_counts_no_attempts() {
    let mut rules = shape(ms(10), 1.0, 0.0, ms(10));
    rules.max_elapsed_time = Some(secs(1));
    let timer = Recorder::default();
    let fail = || Err::<(), _>(backoff::Error::transient("down"));
    let call = Policy::from(rules.clone());
    let (_, report) = call.blocking_with(timer.clone(), fail).report();
    // The wait that would end after one second does not begin.
    assert_eq!(
        (report.attempts, report.gave_up),
        (101, Some(GiveUp::MaxElapsed))
    );
    assert_eq!(timer.time(), secs(1));

    rules.max_elapsed_time = None;
    assert_eq!(Policy::from(rules).schedule(0).take(10_000).count(), 10_000);
}

#[test]
fn an_error_of_that_crate_says_what_it_is() {
    use backoff::Error;
    assert_eq!(Error::permanent("gone").classify(), Class::Permanent);
    assert_eq!(Error::transient("down").classify(), Class::Transient);
    // That a server asks for a wait is no proof that it did not process the attempt.
    let later = Error::retry_after("later", secs(5));
    assert_eq!(later.classify(), Class::Transient);
    assert_eq!(later.retry_after(), Some(secs(5)));
    assert_eq!(Error::transient("down").retry_after(), None);
    assert_eq!(Error::permanent("gone").retry_after(), None);
}

#[test]
fn a_hint_of_that_crate_is_obeyed() {
    let policy = Policy::from(shape(ms(10), 1.0, 0.0, ms(10)));
    let mut retry = policy.start_with(Recorder::default());
    let error = backoff::Error::retry_after("later", secs(5));
    let delay = retry.again(error).expect("there are attempts left");
    assert_eq!(delay.duration(), secs(5));
    let error = backoff::Error::permanent("gone");
    assert!(
        retry
            .again(error)
            .is_err_and(|error| error.to_string() == "gone")
    );
}
