//! Tests of code that retries: copy what fits.
//!
//! In `Cargo.toml`: `retryable = { version = "…", features = ["test-util"] }` under `[dev-dependencies]`.

use retryable::testing::{self, Mode, Script};
use retryable::{Class, Classify, GiveUp, Policy, retryable};
use std::time::Duration;

// The code under test. In your crate, it is in `src`.

#[derive(Clone, Debug, PartialEq, Classify)]
enum ApiError {
    #[classify(transient)]
    Busy,
    NotFound,
}

/// What the code calls: a trait, so that a test can pass a fake.
trait Api {
    fn balance(&self, account: u64) -> Result<i64, ApiError>;
}

#[retryable(max = 4, base = "1s")]
fn balance(api: &impl Api, account: u64) -> Result<i64, ApiError> {
    api.balance(account)
}

#[retryable(max = 4, base = "1s")]
async fn balance_awaited(api: &impl Api, account: u64) -> Result<i64, ApiError> {
    api.balance(account)
}

const POLICY: Policy = Policy::exponential(Duration::from_secs(1)).max_attempts(4);

// The fake.

impl Api for Script<Result<i64, ApiError>> {
    fn balance(&self, _: u64) -> Result<i64, ApiError> {
        self.next()
    }
}

// The tests.

#[test]
fn a_busy_server_is_asked_again() {
    let _quick = testing::no_delay();
    let api = Script::new([Err(ApiError::Busy), Err(ApiError::Busy), Ok(100)]);
    assert_eq!(balance(&api, 7), Ok(100));
    api.finish();
}

#[test]
fn a_missing_account_is_asked_for_once() {
    let api = Script::new([Err(ApiError::NotFound)]);
    assert_eq!(balance(&api, 7), Err(ApiError::NotFound));
    api.finish();
}

#[test]
fn four_attempts_are_made_in_all() {
    let _quick = testing::no_delay();
    let api = Script::new(vec![Err(ApiError::Busy); 4]);
    let (outcome, record) = testing::record(|| balance(&api, 7));
    assert_eq!(outcome, Err(ApiError::Busy));
    assert_eq!(record.attempts(), 4);
    assert_eq!(record.give_up(), Some(GiveUp::Exhausted));
}

#[test]
fn without_retries_the_first_error_is_returned() {
    let _once = testing::no_retries();
    let api = Script::new([Err(ApiError::Busy)]);
    assert_eq!(balance(&api, 7), Err(ApiError::Busy));
}

#[tokio::test(start_paused = true)]
async fn awaited_with_the_paused_clock_of_tokio() {
    let api = Script::new([Err(ApiError::Busy), Ok(100)]);
    assert_eq!(balance_awaited(&api, 7).await, Ok(100));
}

#[tokio::test]
async fn awaited_with_the_real_clock() {
    let api = Script::new([Err(ApiError::Busy), Ok(100)]);
    let call = balance_awaited(&api, 7);
    let outcome = testing::with(Mode::new().no_delay(), call).await;
    assert_eq!(outcome, Ok(100));
}

#[test]
fn the_delays_are_those_of_the_schedule() {
    let (_quick, _same) = (testing::no_delay(), testing::seed(7));
    let call = || POLICY.run_blocking(|| Err::<(), _>(ApiError::Busy));
    let (_, record) = testing::record(call);
    let schedule: Vec<_> = POLICY.schedule(7).collect();
    assert_eq!(record.delays(), schedule);
}

#[tokio::test(start_paused = true)]
async fn the_record_of_a_call_is_text() {
    let api = Script::new([Err(ApiError::NotFound)]);
    let (_, record) = testing::record_async(balance_awaited(&api, 7)).await;
    assert_eq!(record.to_string(), "1 permanent, gave up: not_retryable");
}

#[test]
fn the_policy_is_the_one_that_was_reviewed() {
    assert_eq!(
        POLICY.describe().to_string(),
        "up to 4 attempts; waits of up to 1s, 2s, 4s (7s in all); transient failures; no budget",
    );
}

#[test]
fn each_error_has_its_class() {
    assert_eq!(ApiError::Busy.classify(), Class::Transient);
    assert_eq!(ApiError::NotFound.classify(), Class::Permanent);
}
