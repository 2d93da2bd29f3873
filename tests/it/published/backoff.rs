//! Sequences of delays.

use std::time::Duration;

use retryable::backoff::{self, repeat_last};
use retryable::{
    Backoff, Classified, Decorrelated, Exponential, Fixed, GiveUp, InvalidPolicy, Jitter, Linear,
    Policy, Step, VirtualTimer,
};

use super::{DOWN, assert_fills, ms, range, secs, step};

const FOREVER: Duration = Duration::MAX;

fn doubling(base: Duration, cap: Duration) -> Exponential {
    Exponential::new(base).cap(cap).jitter(Jitter::None)
}

fn delay(shape: &impl Backoff, retry: u32) -> Duration {
    shape.delay(&step(retry, DOWN, 0)).unwrap()
}

#[track_caller]
fn assert_delays(id: &str, shape: &impl Backoff, millis: &[u64]) {
    let delays: Vec<_> = (1..)
        .zip(millis)
        .map(|(retry, _)| delay(shape, retry))
        .collect();
    let expected: Vec<_> = millis.iter().copied().map(ms).collect();
    assert_eq!(delays, expected, "{id}");
}

#[test]
fn exponential_delays_are_those_of_other_libraries() {
    let doubling = |base, cap| doubling(ms(base), ms(cap));
    let by = |base, factor| doubling(base, 1 << 40).factor(factor);
    let table: &[(&str, Exponential, &[u64])] = &[
        // tenacity, `wait_exponential`: the default, and with a maximum of 40.
        (
            "B1",
            doubling(1000, 1 << 40),
            &[1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000],
        ),
        (
            "B2",
            doubling(1000, 40_000),
            &[1000, 2000, 4000, 8000, 16_000, 32_000, 40_000, 40_000],
        ),
        // urllib3, `test_backoff` with a factor of 0.2.
        (
            "B10",
            doubling(400, 120_000).first_at_once(true),
            &[0, 400, 800, 1600, 3200, 6400],
        ),
        // cenkalti/backoff, `exponential_test.go`: the delays before the randomization.
        (
            "B13",
            doubling(500, 5000),
            &[500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000],
        ),
        // avast/retry-go, `BackOffDelay`.
        ("B16", doubling(0, 1000), &[0, 0, 0]),
        ("B16", doubling(1000, 1 << 40), &[1000]),
        // failsafe-go, `getDelay`.
        (
            "B17",
            doubling(2000, 30_000),
            &[2000, 4000, 8000, 16_000, 30_000],
        ),
        // Spring, `ExponentialBackOffTests`.
        ("B18", by(2000, 1.5), &[2000, 3000, 4500]),
        ("B18", by(100, 2.0), &[100, 200, 400, 800]),
        // Polly, `RetryHelperTests`.
        ("B21", doubling(1000, 1 << 40), &[1000, 2000, 4000]),
        // go-retryablehttp, `TestBackoff`.
        ("B24", doubling(1000, 300_000), &[1000, 2000, 4000, 8000]),
        // cockatiel.
        (
            "B26",
            doubling(128, 30_000),
            &[
                128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 30_000, 30_000, 30_000,
            ],
        ),
        // smithy-rs, `calculate_exponential_backoff`.
        ("B27", doubling(1000, 20_000), &[1000, 2000, 4000]),
        ("B27", doubling(3000, 20_000), &[3000, 6000, 12_000]),
        ("B27", doubling(30, 20_000), &[30, 60, 120]),
    ];
    for (id, shape, millis) in table {
        assert_delays(id, shape, millis);
    }
}

/// B3, B4. tenacity, `wait_exponential` with `min` 20, and with a multiplier of 2.
#[test]
fn a_floor_raises_the_first_delays() {
    let shape = |base| doubling(secs(base), secs(1 << 20)).floor(secs(20));
    let millis = [20, 20, 20, 20, 20, 32, 64, 128].map(|delay| delay * 1000);
    assert_delays("B3", &shape(1), &millis);
    assert_eq!(delay(&shape(1), 20), secs(524_288));
    let millis = [20, 20, 20, 20, 32, 64, 128, 256].map(|delay| delay * 1000);
    assert_delays("B4", &shape(2), &millis);
    assert_eq!(delay(&shape(2), 20), secs(1_048_576));
}

#[test]
fn a_late_retry_waits_as_long_as_the_cap() {
    let day = secs(86_400);
    let steep = Exponential::new(ms(1)).factor(1e300).jitter(Jitter::None);
    let table = [
        // tenacity, `wait_exponential`.
        ("B2", doubling(secs(1), secs(40)), 50, secs(40)),
        ("B5", steep.cap(ms(1)), u32::MAX, ms(1)),
        ("B5", steep.cap(FOREVER), u32::MAX, FOREVER),
        // urllib3, `test_backoff`.
        ("B10", doubling(ms(400), secs(120)), 60, secs(120)),
        // cenkalti/backoff.
        ("B15", doubling(ms(500), secs(5)), u32::MAX, secs(5)),
        // Polly, `RetryHelperTests`.
        ("B22", doubling(day, FOREVER), 1000, FOREVER),
        ("B22", doubling(day, day * 2), 1000, day * 2),
        // go-retryablehttp, `TestBackoff`.
        ("B24", doubling(secs(1), secs(300)), 64, secs(300)),
        ("B24", doubling(secs(1), secs(300)), 129, secs(300)),
        // smithy-rs, `calculate_exponential_backoff`.
        ("B27", doubling(secs(1), secs(20)), 100_000, secs(20)),
    ];
    for (id, shape, retry, expected) in table {
        assert_eq!(delay(&shape, retry), expected, "{id}");
    }
    // B22: positive up to attempt 1025. B26, issue 86: a number in all of 3000 retries.
    for retry in 1..=3000 {
        assert!(!delay(&doubling(day, FOREVER), retry).is_zero());
        assert!(delay(&doubling(ms(128), secs(30)), retry) <= secs(30));
    }
}

#[test]
fn linear_delays_are_those_of_other_libraries() {
    let linear = |step| Linear::new(ms(step)).cap(secs(60)).jitter(Jitter::None);
    // Polly, `RetryHelperTests`; go-retryablehttp, the example of `LinearJitterBackoff`.
    assert_delays("B21", &linear(1000), &[1000, 2000, 3000]);
    assert_delays("B25", &linear(1000), &[1000, 2000, 3000]);
    let third = linear(1200).jitter(Jitter::Proportional(1.0 / 3.0));
    for retry in 1..=3 {
        let window = (ms(800) * retry, ms(1200) * retry);
        assert_fills(range(&third, retry, DOWN), window);
    }
    // tenacity, `wait_incrementing`: 500, 600, 700. `Linear` begins with its step, so this takes a function.
    let incrementing = backoff::from_fn(|step: &Step| Some(ms(400) + ms(100) * step.retry));
    assert_delays("B6", &incrementing, &[500, 600, 700]);
    // tenacity, `wait_chain`.
    let chain = repeat_last([secs(1), secs(1), secs(4), secs(4), secs(8)]);
    assert_delays(
        "B9",
        &chain,
        &[1000, 1000, 4000, 4000, 8000, 8000, 8000, 8000],
    );
}

/// B7. tenacity, `wait_random_exponential(0.5, max=60)`: the windows, and their means.
#[test]
fn full_jitter_has_the_published_means() {
    let shape = Exponential::new(ms(500)).cap(secs(60));
    let means = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].map(ms);
    for (retry, mean) in (1..).zip(means) {
        assert_fills(range(&shape, retry, DOWN), (Duration::ZERO, mean * 2));
        let count = 20_000;
        let draw = |seed| shape.delay(&step(retry, DOWN, seed)).unwrap();
        let drawn = (0..count.into()).map(draw).sum::<Duration>() / count;
        assert!(drawn.abs_diff(mean) < mean / 50, "{drawn:?} for {mean:?}");
    }
}

/// B8, B11. tenacity, `wait_exponential_jitter` with `max` 60; urllib3, `test_backoff_jitter`.
#[test]
fn jitter_on_top_ends_at_the_cap() {
    let tenacity = Exponential::new(secs(1))
        .cap(secs(60))
        .jitter(Jitter::Added(secs(1)));
    for retry in 1..7 {
        let whole = secs(1 << (retry - 1));
        assert_fills(range(&tenacity, retry, DOWN), (whole, whole + secs(1)));
    }
    assert_eq!(range(&tenacity, 7, DOWN), (secs(60), secs(60)));

    let urllib3 = Exponential::new(ms(400))
        .cap(secs(1))
        .jitter(Jitter::Added(ms(400)));
    assert_fills(range(&urllib3, 1, DOWN), (ms(400), ms(800)));
    assert_fills(range(&urllib3, 2, DOWN), (ms(800), ms(1000)));
    assert_eq!(range(&urllib3, 3, DOWN), (secs(1), secs(1)));
}

/// B13, B14, B18, B19, B20. cenkalti/backoff (±10 %), Spring (a jitter of 100 ms) and Polly (±25 %) spread around the delay. Here
/// the delay is the longest, so that it never exceeds the cap.
#[test]
fn proportional_jitter_is_never_above_the_delay() {
    let fixed = Fixed::new(secs(1)).jitter(Jitter::Proportional(0.25));
    assert_fills(range(&fixed, 1, DOWN), (ms(750), secs(1)));
    let linear = Linear::new(secs(1)).jitter(Jitter::Proportional(0.25));
    assert_fills(range(&linear, 3, DOWN), (ms(2250), secs(3)));
    let doubling = Exponential::new(ms(500))
        .cap(secs(5))
        .jitter(Jitter::Proportional(0.1));
    for (retry, whole) in (1..).zip([500, 1000, 2000, 4000, 5000, 5000]) {
        assert_fills(
            range(&doubling, retry, DOWN),
            (ms(whole * 9 / 10), ms(whole)),
        );
    }
}

/// B18. Spring, `ExponentialBackOffTests`: the maximum elapsed time.
#[test]
fn a_wait_that_would_pass_the_elapsed_time_is_not_begun() {
    let shape = doubling(secs(2), secs(60)).factor(1.5);
    let policy = Policy::with_backoff(shape)
        .max_attempts(9)
        .max_elapsed(secs(4));
    let call = policy.blocking_with(VirtualTimer::new(), || {
        Err::<(), _>(Classified::new((), DOWN))
    });
    let (_, report) = call.report();
    assert_eq!((report.attempts, report.slept), (2, secs(2)));
    assert_eq!(report.gave_up, Some(GiveUp::MaxElapsed));
}

/// B23. Polly, `DecorrelatedJitterBackoffV2`: no delay above `4 · 2ⁿ · base`.
#[test]
fn no_shape_exceeds_the_bound_of_decorrelated_jitter() {
    let base = ms(100);
    let (full, decorrelated) = (Exponential::new(base), Decorrelated::new(base));
    for retry in 1..8 {
        let bound = base * 4 * 2_u32.pow(retry);
        assert!(range(&full, retry, DOWN).1 <= bound);
    }
    for seed in 0..500 {
        let mut previous = None;
        for retry in 1..8 {
            previous =
                decorrelated.delay(&Step::new(retry, previous, DOWN, seed + u64::from(retry)));
            assert!(previous.unwrap() <= base * 3_u32.pow(retry));
        }
    }
}

/// B18, B31. Spring refuses a multiplier below 1; p-retry takes 1 instead of 0, here it is an error.
#[test]
fn a_factor_below_one_is_refused() {
    for factor in [0.9, 0.0, -1.0, f64::NAN] {
        let shape = Exponential::new(secs(1)).try_factor(factor);
        assert_eq!(shape, Err(InvalidPolicy::Factor), "{factor}");
    }
}
