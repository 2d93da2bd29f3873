//! The budgets of the AWS SDKs and of gRPC, call by call, beyond what those publish.

use retry_core::{
    Budget, Class, Classified, GiveUp, InvalidPolicy, NoDelay, Policy, RetryBudget, RetryQuota,
    TokenRatio,
};

use crate::common::{NO_HINT, Recorder, hint, secs};

/// The response of the server.
type Outcome = Result<(), Class>;

const OK: Outcome = Ok(());
const DOWN: Outcome = Err(Class::Transient);
const BUSY: Outcome = Err(NO_HINT);

/// Makes one call with these outcomes: what `tokens` says after each outcome, and why the call ended.
fn trace<T: RetryBudget>(
    throttle: &T,
    attempts: u32,
    outcomes: &[Outcome],
    tokens: impl Fn(&T) -> u32,
) -> (Vec<u32>, Option<GiveUp>) {
    let (mut log, mut script) = (Vec::new(), outcomes.iter());
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(attempts)
        .budget(throttle);
    let (outcome, report) = policy
        .blocking_with(Recorder::default(), || {
            log.push(tokens(throttle));
            let outcome = *script.next().expect("no attempt beyond the outcomes");
            outcome.map_err(|class| Classified::new((), class))
        })
        .report();
    assert_eq!(script.next(), None, "every outcome is asked for");
    assert_eq!(outcome.is_ok(), report.gave_up.is_none());
    log.remove(0);
    log.push(tokens(throttle));
    (log, report.gave_up)
}

/// A full bucket of the AWS standard mode: a retry costs 5.
fn aws(tokens: u32) -> RetryQuota {
    RetryQuota::new(tokens, 5, 5)
}

#[track_caller]
fn assert_aws(quota: &RetryQuota, attempts: u32, outcomes: &[Outcome], tokens: &[u32], end: Ended) {
    let expected = (tokens.to_vec(), end);
    assert_eq!(
        trace(quota, attempts, outcomes, RetryQuota::available),
        expected
    );
}

type Ended = Option<GiveUp>;

#[test]
fn aws_the_quota_stops_a_call_that_has_attempts_left() {
    assert_aws(&aws(10), 5, &[DOWN; 3], &[5, 0, 0], Some(GiveUp::Budget));
}

#[test]
fn aws_a_quota_recovers_by_successes() {
    let quota = aws(15);
    assert_aws(&quota, 5, &[DOWN, DOWN, OK], &[10, 5, 10], None);
    assert_aws(&quota, 5, &[DOWN, OK], &[5, 10], None);
    assert_aws(&quota, 5, &[OK], &[11], None);
}

#[test]
fn aws_2026_costs_by_the_class_of_the_failure() {
    let quota = RetryQuota::aws_2026();
    assert_aws(&quota, 3, &[DOWN, BUSY, OK], &[486, 481, 486], None);
    assert_aws(&quota, 3, &[BUSY, DOWN, OK], &[481, 467, 481], None);
    assert_aws(
        &RetryQuota::new(18, 5, 14),
        5,
        &[DOWN; 2],
        &[4, 4],
        Some(GiveUp::Budget),
    );
}

#[track_caller]
fn assert_grpc(server: &TokenRatio, outcomes: &[Outcome], tokens: &[u32], end: Ended) {
    let expected = (tokens.to_vec(), end);
    assert_eq!(
        trace(server, 100, outcomes, TokenRatio::thousandths),
        expected
    );
}

#[test]
fn grpc_retries_stop_at_half_of_the_tokens() {
    let server = TokenRatio::new(10, 0.1);
    let half = [9000, 8000, 7000, 6000, 5000];
    assert_grpc(&server, &[DOWN; 5], &half, Some(GiveUp::Budget));
    // First attempts continue, and count.
    assert_grpc(&server, &[DOWN], &[4000], Some(GiveUp::Budget));
    for tokens in (4100..=6000).step_by(100) {
        assert_grpc(&server, &[OK], &[tokens], None);
    }
    assert_grpc(&server, &[DOWN], &[5000], Some(GiveUp::Budget));
    for tokens in (5100..=6100).step_by(100) {
        assert_grpc(&server, &[OK], &[tokens], None);
    }
    assert_grpc(&server, &[DOWN, OK], &[5100, 5200], None);
}

#[test]
fn grpc_tokens_stay_between_none_and_all() {
    let server = TokenRatio::new(1, 1000.0);
    for _ in 0..3 {
        assert_grpc(&server, &[DOWN], &[0], Some(GiveUp::Budget));
    }
    for _ in 0..2 {
        assert_grpc(&server, &[OK], &[1000], None);
    }
}

#[test]
fn grpc_keeps_three_decimals_of_the_ratio() {
    for (ratio, added) in [
        (0.1, 100),
        (0.001, 1),
        (0.0019, 1),
        (0.29, 290),
        (1.2345, 1234),
    ] {
        let server = TokenRatio::new(10, ratio);
        assert_grpc(&server, &[DOWN, OK], &[9000, 9000 + added.min(1000)], None);
    }
}

#[test]
fn grpc_counts_what_the_server_asks_not_to_retry_and_not_what_is_permanent() {
    let server = TokenRatio::new(10, 0.1);
    let too_long = Err(hint(secs(600)));
    assert_grpc(&server, &[too_long], &[9000], Some(GiveUp::HintTooLong));
    let permanent = Err(Class::Permanent);
    assert_grpc(&server, &[permanent], &[9000], Some(GiveUp::NotRetryable));
}

/// The message says which setting is wrong, and what it may be.
#[track_caller]
pub(crate) fn refuses<T: std::fmt::Debug>(
    checked: Result<T, InvalidPolicy>,
    plain: impl FnOnce() -> T + std::panic::UnwindSafe,
    words: [&str; 2],
) {
    let message = checked.expect_err("this is nonsense").to_string();
    assert!(words.iter().all(|word| message.contains(word)), "{message}");
    let panic = std::panic::catch_unwind(plain).expect_err("this is nonsense");
    assert_eq!(panic.downcast_ref::<String>(), Some(&message));
}

#[test]
fn grpc_settings_that_make_no_sense_are_refused_by_their_names() {
    for tokens in [0, 1001, u32::MAX] {
        let checked = TokenRatio::try_new(tokens, 0.1);
        refuses(
            checked,
            || TokenRatio::new(tokens, 0.1),
            ["max_tokens", "1..=1000"],
        );
    }
    for ratio in [0.0, -0.1, 0.0009, 1000.1, f64::INFINITY, f64::NAN] {
        let checked = TokenRatio::try_new(10, ratio);
        let words = ["token_ratio", "0.001..=1000.0"];
        refuses(checked, || TokenRatio::new(10, ratio), words);
    }
    assert!(TokenRatio::try_new(1000, 0.001).is_ok());
    assert!(TokenRatio::try_new(1, 1000.0).is_ok());
}

#[test]
fn aws_a_retry_that_costs_more_than_the_quota_holds_is_never_made() {
    let dear = RetryQuota::new(10, 5, 11);
    assert_aws(&dear, 5, &[BUSY, DOWN], &[5, 5], Some(GiveUp::Budget));
    let free = RetryQuota::new(0, 0, 0);
    assert_aws(&free, 3, &[DOWN; 3], &[0, 0, 0], Some(GiveUp::Exhausted));
}

#[test]
fn a_budget_may_be_chosen_at_run_time() {
    let choices: [Box<dyn RetryBudget>; 2] = [
        Box::new(RetryQuota::new(5, 5, 5)),
        Box::new(Budget::new(0.0).burst(1)),
    ];
    for budget in choices {
        let policy = Policy::with_backoff(NoDelay).max_attempts(9).budget(budget);
        let call = policy.blocking_with(Recorder::default(), || {
            Err::<(), _>(Classified::new((), Class::Transient))
        });
        let (_, report) = call.report();
        assert_eq!((report.attempts, report.gave_up), (2, Some(GiveUp::Budget)));
    }
}
