//! Buckets of tokens, call by call.

use std::time::Duration;

use retryable::{
    AdaptiveThrottle, Backoff, Budget, Class, Classified, Exponential, GiveUp, Jitter, NoDelay,
    Policy, RetryBudget, RetryQuota, TokenRatio, VirtualTimer, presets,
};

use super::{BUSY, DOWN, ms, secs, step};

/// How each attempt of a call ends.
type Outcome = Result<(), Class>;

const OK: Outcome = Ok(());
const FAILED: Outcome = Err(DOWN);
const THROTTLED: Outcome = Err(BUSY);

/// Makes one call with these outcomes: the tokens after each of them, and why the call ended.
fn trace(quota: &RetryQuota, attempts: u32, outcomes: &[Outcome]) -> (Vec<u32>, Option<GiveUp>) {
    let (mut tokens, mut script) = (Vec::new(), outcomes.iter());
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(attempts)
        .budget(quota);
    let call = policy.blocking_with(VirtualTimer::new(), || {
        tokens.push(quota.available());
        let outcome = *script.next().expect("no attempt beyond the outcomes");
        outcome.map_err(|class| Classified::new((), class))
    });
    let (_, report) = call.report();
    assert_eq!(script.next(), None, "every outcome is asked for");
    tokens.remove(0);
    tokens.push(quota.available());
    (tokens, report.gave_up)
}

#[track_caller]
fn assert_calls(quota: &RetryQuota, calls: &[(&[Outcome], &[u32], Option<GiveUp>)], attempts: u32) {
    for (outcomes, tokens, end) in calls {
        let expected = (tokens.to_vec(), *end);
        assert_eq!(trace(quota, attempts, outcomes), expected);
    }
}

const EXHAUSTED: Option<GiveUp> = Some(GiveUp::Exhausted);
const EMPTY: Option<GiveUp> = Some(GiveUp::Budget);

/// T3, T4, T5, T6, T7. smithy-rs, the tests of its standard mode, version 2.0.
#[test]
fn the_standard_mode_of_aws_takes_and_returns_the_same_tokens() {
    let aws = RetryQuota::aws_standard;
    let of = |capacity| RetryQuota::new(capacity, 5, 5);
    // T3, `eventual_success`; T4, `no_more_attempts`; T5, `no_quota`.
    assert_calls(
        &aws(),
        &[(&[FAILED, FAILED, OK], &[495, 490, 495], None)],
        3,
    );
    assert_calls(&aws(), &[(&[FAILED; 3], &[495, 490, 490], EXHAUSTED)], 3);
    assert_calls(&of(5), &[(&[FAILED; 2], &[0, 0], EMPTY)], 3);
    // T6, `quota_replenishes_on_success`: a retry costs 10.
    let ten = RetryQuota::new(100, 10, 10);
    assert_calls(&ten, &[(&[FAILED, FAILED, OK], &[90, 80, 90], None)], 3);
    // T7: 1 for each call that succeeds at once, up to the capacity.
    let twenty = RetryQuota::new(20, 10, 10);
    assert_calls(&twenty, &[(&[FAILED; 3], &[10, 0, 0], EXHAUSTED)], 3);
    for tokens in 1..=20 {
        assert_calls(&twenty, &[(&[OK], &[tokens], None)], 3);
    }
    assert_calls(&twenty, &[(&[OK], &[20], None)], 3);
    assert_calls(&aws(), &[(&[OK], &[500], None)], 3);
}

/// The waits of a call that fails five times, and the tokens after each.
fn waits(shape: impl Backoff, quota: &RetryQuota) -> (Vec<Duration>, Vec<u32>) {
    let mut tokens = Vec::new();
    let timer = VirtualTimer::new();
    let mut starts = Vec::new();
    let policy = Policy::with_backoff(shape).max_attempts(5).budget(quota);
    let call = policy.blocking_with(&timer, || {
        tokens.push(quota.available());
        starts.push(timer.time());
        Err::<(), _>(Classified::new((), DOWN))
    });
    assert!(call.call().is_err());
    let waits = starts
        .windows(2)
        .map(|pair| pair[1].abs_diff(pair[0]))
        .collect();
    (waits, tokens.split_off(1))
}

/// T8, T9, T17. smithy-rs: `backoff_timing` and `max_backoff` of version 2.0; `max_backoff` of version 2.1.
#[test]
fn delays_double_up_to_their_maximum_while_tokens_are_taken() {
    let shape = Exponential::new(secs(1)).jitter(Jitter::None);
    let tokens = vec![495, 490, 485, 480];
    let expected = ([1, 2, 4, 8].map(secs).to_vec(), tokens.clone());
    assert_eq!(waits(shape, &RetryQuota::aws_standard()), expected);
    let expected = ([1, 2, 3, 3].map(secs).to_vec(), tokens);
    assert_eq!(
        waits(shape.cap(secs(3)), &RetryQuota::aws_standard()),
        expected
    );

    let shape = Exponential::new(ms(50)).cap(ms(200)).jitter(Jitter::None);
    let expected = (
        [50, 100, 200, 200].map(ms).to_vec(),
        vec![486, 472, 458, 444],
    );
    assert_eq!(waits(shape, &RetryQuota::aws_2026()), expected);
}

/// T10, T11, T12, T13, T14, T15, T16. smithy-rs, version 2.1.
#[test]
fn the_standard_mode_of_2026_takes_and_returns_the_same_tokens() {
    let aws = RetryQuota::aws_2026;
    let of = |capacity| RetryQuota::new(capacity, 5, 14);
    // T10, `retry_eventually_succeeds`; T11, `fail_due_to_max_attempts`.
    assert_calls(
        &aws(),
        &[(&[FAILED, FAILED, OK], &[486, 472, 486], None)],
        3,
    );
    assert_calls(&aws(), &[(&[FAILED; 3], &[486, 472, 472], EXHAUSTED)], 3);
    // T12, T13, T14: a quota of one retry, of none, and of one and a part.
    assert_calls(&of(14), &[(&[FAILED; 2], &[0, 0], EMPTY)], 3);
    assert_calls(&of(0), &[(&[FAILED], &[0], EMPTY)], 3);
    assert_calls(&of(20), &[(&[FAILED; 2], &[6, 6], EMPTY)], 3);
    // T15: only what the last retry took is returned.
    let recovery: &[(&[Outcome], &[u32], _)] = &[
        (&[FAILED, FAILED, OK], &[16, 2, 16], None),
        (&[FAILED, OK], &[2, 16], None),
    ];
    assert_calls(&of(30), recovery, 3);
    // T16, `throttling`.
    assert_calls(&aws(), &[(&[THROTTLED, OK], &[495, 500], None)], 3);
}

/// T18. smithy-rs, version 2.1, long polling: its calls wait even if the quota is empty. Here they give up at once, and the
/// caller waits.
#[test]
fn a_call_whose_quota_is_empty_does_not_wait() {
    let quota = RetryQuota::new(0, 5, 14);
    let timer = VirtualTimer::new();
    let policy = presets::aws_2026().budget(&quota);
    let call = policy.blocking_with(&timer, || Err::<(), _>(Classified::new((), DOWN)));
    let (_, report) = call.report();
    assert_eq!((report.attempts, report.gave_up), (1, EMPTY));
    assert_eq!(timer.time(), Duration::ZERO);
}

/// T19, T20. botocore, the unit tests of its version 2.1 and its functional tests.
#[test]
fn botocore_takes_and_returns_the_same_tokens() {
    let quota = RetryQuota::aws_2026();
    assert_calls(&quota, &[(&[FAILED, OK], &[486, 500], None)], 3);
    assert_calls(&quota, &[(&[THROTTLED, OK], &[495, 500], None)], 3);
    assert_calls(
        &quota,
        &[(&[FAILED, FAILED, FAILED], &[486, 472, 472], EXHAUSTED)],
        3,
    );
    assert_calls(&quota, &[(&[OK], &[473], None)], 3);

    let quota = RetryQuota::aws_standard();
    for _ in 0..50 {
        assert_eq!(trace(&quota, 3, &[FAILED; 3]).1, EXHAUSTED);
    }
    assert_calls(&quota, &[(&[FAILED], &[0], EMPTY)], 3);
}

/// T1. grpc-go, `TestRetryThrottling`: 10 tokens, of which a success adds half of one, and up to 4 attempts. The calls reach
/// the server with these numbers, and leave these tokens by the arithmetic of proposal A6.
#[test]
fn grpc_go_stops_at_half_of_its_tokens() {
    let server = TokenRatio::new(10, 0.5);
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(4)
        .budget(&server);
    let mut number = 0;
    let mut calls = Vec::new();
    for _ in 0..12 {
        let mut last = 0;
        let outcome = policy.run_blocking(|| {
            (last, number) = (number, number + 1);
            match last {
                0 | 3 | 6 | 10..=14 | 16 | 18 => Ok(()),
                _ => Err(Classified::new((), DOWN)),
            }
        });
        calls.push((outcome.is_ok(), last, server.thousandths()));
    }
    let expected = [
        (true, 0, 10_000),
        (true, 3, 8500),
        (true, 6, 7000),
        (false, 8, 5000),
        (false, 9, 4000),
        (true, 10, 4500),
        (true, 11, 5000),
        (true, 12, 5500),
        (true, 13, 6000),
        (true, 14, 6500),
        (true, 16, 6000),
        (false, 17, 5000),
    ];
    assert_eq!(calls, expected);
}

/// T24. Finagle, `RetryBudgetTest`: as many retries as the percentage says. Its window lets calls of the last seconds count;
/// here, a bucket of `burst` retries is saved up.
#[test]
fn a_budget_allows_its_part_of_the_calls_and_its_burst() {
    for ratio in [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9999, 2.0] {
        // Of what a call adds, 2 can be saved up, so no part of it is lost.
        let budget = Budget::new(ratio).burst(2);
        assert!(budget.withdraw() && budget.withdraw());
        let mut retries = 0;
        for _ in 0..10_000 {
            budget.deposit();
            while budget.withdraw() {
                retries += 1;
            }
        }
        let expected = 10_000.0 * ratio;
        assert!(
            (f64::from(retries) - expected).abs() <= 1.0,
            "{retries} of {expected}"
        );
    }
    assert!(!Budget::new(0.0).burst(0).withdraw());
}

/// T26. failsafe-go, `budget_test.go`: an empty budget ends the call. Its error is then that of the budget; here it is the
/// caller's own, and the reason is in the report.
#[test]
fn an_empty_budget_ends_the_call_with_the_error_of_the_caller() {
    let budget = Budget::new(0.0).burst(0);
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(3)
        .budget(&budget);
    let call = policy.blocking(|| Err::<(), _>(Classified::new("down", DOWN)));
    let (outcome, report) = call.report();
    assert_eq!(outcome.unwrap_err().into_inner(), "down");
    assert_eq!((report.attempts, report.gave_up), (1, EMPTY));
}

/// T27, T28. The formula of the Google SRE book with K = 2. That of failsafe-go's adaptive throttler is another one.
#[test]
fn an_adaptive_throttle_rejects_by_the_formula() {
    let cases = [
        (100, 50, 0.0),
        (100, 25, 50.0 / 101.0),
        (100, 0, 100.0 / 101.0),
    ];
    for (requests, accepted, expected) in cases {
        let clock = VirtualTimer::new();
        let mut rejected = 0;
        for seed in 0..2000 {
            let throttle = AdaptiveThrottle::new(2.0);
            for _ in 0..accepted {
                throttle.succeeded(None, &clock);
            }
            for _ in accepted..requests {
                throttle.failed(DOWN, &clock);
            }
            if !throttle.withdraw(&step(1, DOWN, seed), &clock) {
                rejected += 1;
            }
        }
        let part = f64::from(rejected) / 2000.0;
        assert!((part - expected).abs() < 0.03, "{part} for {expected}");
    }
}
