//! The policies of [`retryable::presets`], against the values that their systems publish.

use std::time::Duration;

use retryable::presets::{self, EnvoyBackoff, GrpcBackoff};
use retryable::{
    Backoff, Class, Decision, GiveUp, InvalidPolicy, On, Policy, RetryBudget, RetryQuota, Step,
    Unlimited, VirtualTimer, backoff,
};

use super::{BUSY, DOWN, assert_fills, hint, ms, range, secs, step};

/// The delays without jitter, which is the longest that each may be.
fn longest(shape: &impl Backoff, class: Class, retries: u32) -> Vec<Duration> {
    let longest = |retry| shape.longest_delay(&step(retry, class, 0));
    (1..=retries).filter_map(longest).collect()
}

/// The longest delays of many calls.
fn delays_of(policy: Policy, class: Class, retries: u32) -> Vec<Duration> {
    let policy = policy.max_attempts(retries + 1);
    let mut most = vec![Duration::ZERO; retries as usize];
    for seed in 0..2000 {
        let mut retry = policy.seed(seed).start_owned();
        for most in &mut most {
            if let Decision::Wait(delay) = retry.decide(class) {
                *most = delay.max(*most);
            }
        }
    }
    most
}

/// B28. botocore, `test_standard_retry_v2_1`: the delays without jitter.
#[test]
fn aws_2026_doubles_from_fifty_milliseconds_up_to_twenty_seconds() {
    let expected = [
        50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000,
    ];
    for (most, whole) in delays_of(presets::aws_2026(), DOWN, 11)
        .iter()
        .zip(expected)
    {
        let whole = ms(whole);
        assert!(
            *most <= whole && *most >= whole.mul_f64(0.98),
            "{most:?} of {whole:?}"
        );
    }
}

#[test]
fn aws_2026_starts_at_one_second_if_throttled() {
    for (most, whole) in delays_of(presets::aws_2026(), BUSY, 6)
        .iter()
        .zip([1, 2, 4, 8, 16, 20])
    {
        let whole = secs(whole);
        assert!(
            *most <= whole && *most >= whole.mul_f64(0.98),
            "{most:?} of {whole:?}"
        );
    }
}

/// What a call waits at most, and what is left of the quota, after each failure.
fn aws_trace<T: RetryBudget>(
    policy: &Policy<impl Backoff, On, Unlimited, T>,
    quota: &RetryQuota,
    classes: &[Class],
) -> Vec<Result<u32, GiveUp>> {
    let mut retry = policy.start_with(VirtualTimer::new());
    let decide = |class: &Class| match retry.decide(*class) {
        Decision::Wait(_) => Ok(quota.available()),
        Decision::Stop(reason) => Err(reason),
    };
    classes.iter().map(decide).collect()
}

/// T10, T11, T16, T19. smithy-rs v2.1: `retry_eventually_succeeds`, `fail_due_to_max_attempts`, `throttling`; botocore: its DynamoDB client.
#[test]
fn aws_2026_pays_by_the_class_of_the_failure() {
    let quota = RetryQuota::aws_2026();
    let policy = presets::aws_2026().budget(&quota);
    let exhausted = Err(GiveUp::Exhausted);
    let trace = aws_trace(&policy, &quota, &[DOWN, DOWN, DOWN]);
    assert_eq!(trace, [Ok(486), Ok(472), exhausted]);

    let quota = RetryQuota::aws_2026();
    let policy = presets::aws_2026().budget(&quota);
    assert_eq!(aws_trace(&policy, &quota, &[BUSY]), [Ok(495)]);

    let quota = RetryQuota::aws_2026();
    let policy = presets::aws_2026_dynamodb().budget(&quota);
    let trace = aws_trace(&policy, &quota, &[DOWN; 4]);
    assert_eq!(trace, [Ok(486), Ok(472), Ok(458), exhausted]);
}

/// T19. botocore: 25 ms, 50 ms, 100 ms, and the fourth attempt is the last.
#[test]
fn aws_2026_for_dynamodb_starts_at_twenty_five_milliseconds() {
    let policy = presets::aws_2026_dynamodb();
    assert_eq!(
        policy.describe().to_string(),
        "up to 4 attempts; waits of up to 25ms, 50ms, 100ms (175ms in all), from 1s if throttled; transient failures; no budget"
    );
}

/// B29. gRPC's proposal A6: `min(0.1 · 2^(n−1), 1)` times a factor from 0.8 to 1.2.
#[test]
fn grpc_a6_spreads_around_its_delay_and_above_its_maximum() {
    let shape = GrpcBackoff::new(ms(100), secs(1), 2.0);
    for (retry, whole) in [
        (1, 100),
        (2, 200),
        (3, 400),
        (4, 800),
        (5, 1000),
        (99, 1000),
    ] {
        let window = (ms(whole * 8 / 10), ms(whole * 12 / 10));
        assert_fills(range(&shape, retry, DOWN), window);
    }
    assert_eq!(
        presets::grpc_a6(),
        Policy::with_backoff(shape).max_attempts(4)
    );
}

#[test]
fn grpc_a6_waits_as_long_as_the_server_asked_and_begins_again() {
    let policy = presets::grpc_a6().max_attempts(9);
    for seed in 0..100 {
        let mut retry = policy.seed(seed).start_owned();
        let mut wait = |class| match retry.decide(class) {
            Decision::Wait(delay) => delay,
            Decision::Stop(reason) => panic!("{reason}"),
        };
        let is_around = |delay: Duration, whole: Duration| {
            assert!(
                delay >= whole * 8 / 10 && delay <= whole * 12 / 10,
                "{delay:?}"
            );
        };
        is_around(wait(DOWN), ms(100));
        is_around(wait(DOWN), ms(200));
        assert_eq!(wait(hint(secs(3))), secs(3));
        is_around(wait(DOWN), ms(100));
        is_around(wait(DOWN), ms(200));
        is_around(wait(DOWN), ms(400));
        assert_eq!(wait(hint(secs(3))), secs(3));
        is_around(wait(DOWN), ms(100));
    }
}

#[test]
fn grpc_numbers_of_every_size_do_not_panic() {
    for multiplier in [f64::MIN_POSITIVE, 0.5, 1.0, 1.5, f64::MAX] {
        for initial in [Duration::ZERO, ms(1), Duration::MAX] {
            for max in [Duration::ZERO, secs(1), Duration::MAX] {
                let shape = GrpcBackoff::new(initial, max, multiplier);
                for retry in [0, 1, 2, 1000, u32::MAX] {
                    let delay = shape.delay(&step(retry, DOWN, 1)).unwrap();
                    assert!(delay <= shape.longest_delay(&step(retry, DOWN, 1)).unwrap());
                    assert!(delay <= max.saturating_mul(2));
                }
            }
        }
    }
    for multiplier in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        let shape = GrpcBackoff::try_new(ms(1), ms(1), multiplier);
        assert_eq!(shape, Err(InvalidPolicy::Multiplier));
    }
}

/// stripe-ruby's `sleep_time`: 0.5 s, then from half the delay to the whole, and never below 0.5 s.
#[test]
fn stripe_waits_at_least_half_a_second() {
    let policy = presets::stripe().max_attempts(7);
    for (retry, (from, to)) in [
        (500, 500),
        (500, 1000),
        (1000, 2000),
        (2000, 4000),
        (2500, 5000),
    ]
    .into_iter()
    .enumerate()
    {
        let delays = (0..2000).filter_map(|seed| policy.schedule(seed).nth(retry));
        let (least, most) = delays.fold((Duration::MAX, Duration::ZERO), |(least, most), delay| {
            (least.min(delay), most.max(delay))
        });
        assert_fills((least, most), (ms(from), ms(to)));
    }
    assert_eq!(presets::stripe().schedule(0).count(), 2);
}

/// B30. Envoy's documentation: 0–24 ms, 0–74 ms, 0–174 ms, then up to 250 ms.
#[test]
fn envoy_has_one_retry_less_than_a_power_of_two_of_its_base() {
    let shape = EnvoyBackoff::new(ms(25));
    assert_eq!(
        longest(&shape, DOWN, 6),
        [25, 75, 175, 250, 250, 250].map(ms)
    );
    assert_fills(range(&shape, 2, DOWN), (Duration::ZERO, ms(75)));
    assert_eq!(shape.longest_delay(&step(u32::MAX, DOWN, 0)), Some(ms(250)));
    assert_eq!(presets::envoy(), Policy::with_backoff(shape).max_retries(1));

    let longer = shape.max_interval(secs(1));
    assert_eq!(
        longest(&longer, DOWN, 6),
        [25, 75, 175, 375, 775, 1000].map(ms)
    );
    assert_eq!(shape.try_max_interval(ms(24)), Err(InvalidPolicy::Cap));
    let forever = EnvoyBackoff::new(Duration::MAX);
    assert!(forever.delay(&step(9, DOWN, 1)).is_some());
}

/// A shape may begin again after a wait that the server asked for, however many retries came before.
#[test]
fn retries_are_counted_from_the_last_hint() {
    let count = backoff::from_fn(|step: &Step| Some(ms(step.since_hint.into())));
    let policy = Policy::with_backoff(count).max_attempts(u32::MAX);
    let mut retry = policy.start();
    let mut wait = |class| match retry.decide(class) {
        Decision::Wait(delay) => delay,
        Decision::Stop(reason) => panic!("{reason}"),
    };
    for retry in 1..=70 {
        assert_eq!(wait(DOWN), ms(retry));
    }
    assert!(wait(hint(secs(1))) >= secs(1));
    assert_eq!(
        [wait(DOWN), wait(Class::Refused), wait(BUSY)],
        [1, 2, 3].map(ms)
    );
}
