//! The policies that configuration makes are those of the setters.

use std::sync::Arc;
use std::time::Duration;

use retry_core::config::{PolicyConfig, Shape};
use retry_core::{
    Budget, Classified, Decorrelated, DynPolicy, Exponential, Fibonacci, Fixed, GiveUp, Jitter,
    Linear, Nested, NoDelay, On, Policy, TimedOut, transient,
};

type Error = Classified<&'static str>;

const MS: Duration = Duration::from_millis(1);

fn policy(text: &str) -> DynPolicy<Error> {
    PolicyConfig::parse(text).unwrap().policy().unwrap()
}

fn shape(text: &str) -> Shape {
    PolicyConfig::parse(text).unwrap().shape().unwrap()
}

/// As `Debug` shows them: trait objects are equal only if they are the same.
#[track_caller]
fn assert_same(text: &str, expected: impl Into<DynPolicy<Error>>) {
    assert_eq!(
        format!("{:?}", policy(text)),
        format!("{:?}", expected.into())
    );
}

#[test]
fn without_settings_it_is_the_default_policy() {
    assert_same("", Policy::new());
}

#[test]
fn each_setting_is_that_of_its_setter() {
    assert_same("max = 5", Policy::new().max_attempts(5));
    assert_same("max_retries = 4", Policy::new().max_attempts(5));
    assert_same("on = ambiguous", Policy::new().on(On::Ambiguous));
    assert_same("max_elapsed = 5s", Policy::new().max_elapsed(5000 * MS));
    assert_same(
        "max_retry_after = 5s",
        Policy::new().max_retry_after(5000 * MS),
    );
    assert_same(
        "cut_retry_after = true",
        Policy::new().cut_retry_after(true),
    );
    assert_same("nested = multiply", Policy::new().nested(Nested::Multiply));
    assert_same("base = 5ms, backoff = fixed", Policy::fixed(5 * MS));
    assert_same("backoff = none", Policy::with_backoff(NoDelay));
}

#[test]
fn each_shape_is_that_of_its_setters() {
    let exponential = Exponential::new(5 * MS)
        .factor(3.0)
        .cap(9 * MS)
        .jitter(Jitter::Equal);
    assert_eq!(
        shape("base = 5ms, factor = 3, cap = 9ms, jitter = equal"),
        Shape::Exponential(exponential)
    );
    let spread = Exponential::new(5 * MS)
        .floor(2 * MS)
        .throttled_base(7 * MS)
        .first_at_once(true)
        .jitter(Jitter::Added(3 * MS));
    assert_eq!(
        shape("base = 5ms, floor = 2ms, throttled_base = 7ms, first_at_once = true, jitter = 3ms"),
        Shape::Exponential(spread)
    );
    let fixed = Fixed::new(5 * MS).jitter(Jitter::Proportional(0.1));
    assert_eq!(
        shape("backoff = fixed, base = 5ms, jitter = 0.1"),
        Shape::Fixed(fixed)
    );
    let linear = Linear::new(5 * MS).cap(9 * MS);
    assert_eq!(
        shape("backoff = linear, base = 5ms, cap = 9ms"),
        Shape::Linear(linear)
    );
    let fibonacci = Fibonacci::new(5 * MS).jitter(Jitter::None);
    assert_eq!(
        shape("backoff = fibonacci, base = 5ms, jitter = none"),
        Shape::Fibonacci(fibonacci)
    );
    let decorrelated = Decorrelated::new(5 * MS).cap(9 * MS);
    assert_eq!(
        shape("backoff = decorrelated, base = 5ms, cap = 9ms"),
        Shape::Decorrelated(decorrelated)
    );
}

#[test]
fn jitter_is_none_for_fixed_delays_as_in_the_attribute() {
    assert_eq!(
        shape("backoff = fixed"),
        Shape::Fixed(Fixed::new(100 * MS).jitter(Jitter::None))
    );
    assert_eq!(
        shape(""),
        Shape::Exponential(Exponential::new(100 * MS).jitter(Jitter::Full))
    );
}

#[test]
fn a_policy_that_cuts_off_has_its_limits() {
    let config =
        PolicyConfig::parse("attempt_timeout = 1s, deadline = 5s, backoff = none").unwrap();
    let policy: DynPolicy<TimedOut> = config.timed_policy().unwrap();
    assert_eq!(
        policy.describe().to_string(),
        "up to 3 attempts; no waits; transient failures; each attempt at most 1s; whole call at most 5s; no budget"
    );
}

#[test]
fn the_budget_of_a_value_is_one_bucket() {
    let config = PolicyConfig::parse("budget = 0%, backoff = none, max = 100").unwrap();
    let (first, second): (DynPolicy<Error>, DynPolicy<Error>) =
        (config.policy().unwrap(), config.clone().policy().unwrap());
    let attempts = |policy: &DynPolicy<Error>| {
        let call = policy.blocking(|| Err::<(), _>(transient("down")));
        let (_, report) = call.report();
        assert_eq!(report.gave_up, Some(GiveUp::Budget));
        report.attempts
    };
    assert_eq!((attempts(&first), attempts(&second)), (11, 1));

    // Another value is another bucket.
    let again = PolicyConfig::parse("budget = 0%, backoff = none, max = 100").unwrap();
    assert_eq!(again, config);
    assert_eq!(attempts(&again.policy().unwrap()), 11);

    let bucket: &Arc<Budget> = config.budget.as_ref().unwrap().budget();
    assert!(format!("{bucket:?}").contains("Budget"));
}
