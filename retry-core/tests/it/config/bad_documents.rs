//! What is said of each mistake. `UPDATE_EXPECT=1` writes the messages again.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "`UPDATE_EXPECT` writes them"
)]

use expect_test::{Expect, expect};
use retry_core::TimedOut;
use retry_core::config::{ConfigErrorKind, PolicyConfig};
use serde::Deserialize;

/// As one line of text.
fn line(text: &str, expected: &Expect) {
    let error = PolicyConfig::parse(text).unwrap_err();
    expected.assert_eq(&error.to_string());
}

/// As TOML. The text of a fault is a part of the message of `toml`.
fn toml(text: &str, expected: &Expect) {
    let error = toml::from_str::<PolicyConfig>(text).unwrap_err();
    expected.assert_eq(error.message());
}

fn json(text: &str, expected: &Expect) {
    let error = serde_json::from_str::<PolicyConfig>(text).unwrap_err();
    expected.assert_eq(&error.to_string());
}

fn yaml(text: &str, expected: &Expect) {
    let error = serde_norway::from_str::<PolicyConfig>(text).unwrap_err();
    expected.assert_eq(&error.to_string());
}

/// A document whose faults show when the policy is made.
fn policy(text: &str, expected: &Expect) {
    let config = PolicyConfig::parse(text).unwrap();
    let error = config.policy::<TimedOut, _>().unwrap_err();
    expected.assert_eq(&error.to_string());
}

#[test]
fn counts() {
    line(
        "max = 0",
        &expect!["`max` counts the first call too, so it must be at least 1"],
    );
    line("max = 0x", &expect!["invalid `max`: write a whole number, such as `max = 5`"]);
    line("max = -1", &expect!["`max` cannot be negative"]);
    line(
        "max = 2.5",
        &expect!["invalid `max`: write a whole number, such as `max = 5`"],
    );
    line(
        "max = three",
        &expect!["invalid `max`: write a whole number, such as `max = 5`"],
    );
    line(
        "max = \"3\"",
        &expect!["invalid `max`: write a whole number, such as `max = 5`"],
    );
    line(
        "max_retries = 4294967296",
        &expect!["`max_retries` must be at most 4294967295"],
    );
    line(
        "max = 99999999999999999999999",
        &expect!["`max` must be at most 4294967295"],
    );
    line(
        "max = 3, max_retries = 2",
        &expect!["`max_retries = n` means `max = n + 1`: give only one of the two"],
    );
    toml(
        "max = true",
        &expect!["invalid `max`: write a whole number, such as `max = 5`"],
    );
    json(
        r#"{"max": [3]}"#,
        &expect!["invalid `max`: write a whole number, such as `max = 5`"],
    );
}

#[test]
fn durations() {
    line(
        "base = 50",
        &expect![[r#"`base` needs a unit: a string such as "250ms" or "1m 30s""#]],
    );
    line(
        "base = 0.5",
        &expect![[r#"`base` needs a unit: a string such as "250ms" or "1m 30s""#]],
    );
    line("base = -50", &expect!["`base` cannot be negative"]);
    line(
        "base = 50 parsec",
        &expect![[r#"invalid `base`: unknown time unit "parsec", supported units: ns, us/µs, ms, sec, min, hours, days, weeks, months, years (and few variations); write a duration such as "250ms" or "1m 30s""#]],
    );
    line(
        "base = \"\"",
        &expect![[r#"invalid `base`: value was empty; write a duration such as "250ms" or "1m 30s""#]],
    );
    line(
        "deadline = soon",
        &expect![[r#"invalid `deadline`: expected number at 0; write a duration such as "250ms" or "1m 30s""#]],
    );
    line(
        "deadline = 0s",
        &expect!["`deadline` leaves no time for a call"],
    );
    line(
        "attempt_timeout = 0ms",
        &expect!["`attempt_timeout` leaves no time for a call"],
    );
    line(
        "attempt_timeout = 2s, deadline = 1s",
        &expect!["`attempt_timeout` is 2s, longer than `deadline`, which is 1s"],
    );
    toml(
        "cap = 20",
        &expect![[r#"`cap` needs a unit: a string such as "250ms" or "1m 30s""#]],
    );
    toml(
        "max_elapsed = 1979-05-27",
        &expect![[r#"`max_elapsed` needs a unit: a string such as "250ms" or "1m 30s""#]],
    );
    json(
        r#"{"max_retry_after": {"secs": 1, "nanos": 0}}"#,
        &expect![[r#"`max_retry_after` needs a unit: a string such as "250ms" or "1m 30s""#]],
    );
    yaml(
        "base: 50",
        &expect![[r#"`base` needs a unit: a string such as "250ms" or "1m 30s""#]],
    );
}

#[test]
fn shapes() {
    line(
        "backoff = expo",
        &expect![[r#"unknown `backoff` "expo"; did you mean `exp`?"#]],
    );
    line(
        "backoff = constant",
        &expect![[r#"unknown `backoff` "constant"; did you mean `fixed`?"#]],
    );
    line(
        "backoff = 2",
        &expect![[r#"invalid `backoff`: write "exp", "fixed", "linear", "fibonacci", "decorrelated", "none""#]],
    );
    toml(r#"backoff = ["1s", "5s"]"#, &expect![[r#"invalid `backoff`: write "exp", "fixed", "linear", "fibonacci", "decorrelated", "none""#]]);
    line(
        "backoff = fixed, factor = 3",
        &expect![[r#"`factor` has no effect if `backoff` is "fixed": remove it"#]],
    );
    line(
        "backoff = fixed, cap = 1s",
        &expect![[r#"`cap` has no effect if `backoff` is "fixed": remove it"#]],
    );
    line(
        "backoff = none, base = 1s, jitter = full",
        &expect![[r#"
        `base` has no effect if `backoff` is "none": remove it
        `jitter` has no effect if `backoff` is "none": remove it"#]],
    );
    line(
        "base = 2s, cap = 1s",
        &expect!["`cap` is 1s, below `base`, which is 2s"],
    );
    policy(
        "cap = 50ms",
        &expect!["`cap` is 50ms, below `base`, which is 100ms"],
    );
    policy(
        "base = 100m",
        &expect![[r#"`base` is 1h 40m, above the default `cap` of 20s: write `cap` too, or a smaller `base` ("ms" is milliseconds, "m" is minutes)"#]],
    );
    line(
        "factor = 0.5",
        &expect!["invalid `factor`: write a number of at least 1, such as `factor = 2.0`"],
    );
    line(
        "factor = 1e999",
        &expect!["invalid `factor`: write a number of at least 1, such as `factor = 2.0`"],
    );
    toml(
        "factor = nan",
        &expect!["invalid `factor`: write a number of at least 1, such as `factor = 2.0`"],
    );
    line(
        "factor = two",
        &expect!["invalid `factor`: write a number of at least 1, such as `factor = 2.0`"],
    );
    line(
        "jitter = some",
        &expect![[r#"unknown `jitter` "some"; did you mean `none`?"#]],
    );
    line(
        "jitter = 1.5",
        &expect![[r#"invalid `jitter`: write "none", "full", "equal", the part of the delay to vary, from 0.0 to 1.0, or the time to add to it, such as "100ms""#]],
    );
    json(
        r#"{"jitter": false}"#,
        &expect![[r#"invalid `jitter`: write "none", "full", "equal", the part of the delay to vary, from 0.0 to 1.0, or the time to add to it, such as "100ms""#]],
    );
}

#[test]
fn delays_between_base_and_cap() {
    line(
        "floor = 2s, cap = 1s",
        &expect!["`floor` is 2s, above `cap`, which is 1s"],
    );
    line(
        "throttled_base = 50ms, base = 1s",
        &expect!["`throttled_base` is 50ms, below `base`, which is 1s"],
    );
    line(
        "throttled_base = 10s, cap = 5s",
        &expect!["`throttled_base` is 10s, above `cap`, which is 5s"],
    );
    policy(
        "floor = 30s",
        &expect!["`floor` is 30s, above the default `cap` of 20s: write `cap` too"],
    );
    policy(
        "throttled_base = 50ms",
        &expect!["`throttled_base` is 50ms, below `base`, which is 100ms"],
    );
    line(
        "first_at_once = yes",
        &expect!["invalid `first_at_once`: write `true` or `false`"],
    );
    line(
        "cut_retry_after = 1",
        &expect!["invalid `cut_retry_after`: write `true` or `false`"],
    );
    line(
        "jitter = 100 parsec",
        &expect![[r#"invalid `jitter`: unknown time unit "parsec", supported units: ns, us/µs, ms, sec, min, hours, days, weeks, months, years (and few variations); write a duration such as "250ms" or "1m 30s""#]],
    );
    toml(
        "immediate = true",
        &expect!["unknown key `immediate`; did you mean `first_at_once`?"],
    );
}

#[test]
fn words() {
    line(
        "on = transiet",
        &expect![[r#"unknown `on` "transiet"; did you mean `transient`?"#]],
    );
    line(
        "on = all",
        &expect![[r#"unknown `on` "all"; did you mean `any`?"#]],
    );
    line(
        "on = Transient",
        &expect![[r#"unknown `on` "Transient"; did you mean `transient`?"#]],
    );
    line(
        "on = 5",
        &expect![[r#"invalid `on`: write "refused", "transient", "ambiguous", "any""#]],
    );
    line(
        "nested = go",
        &expect![[r#"unknown `nested` "go"; expected one of `stop`, `multiply`"#]],
    );
    line(
        "nested = 1",
        &expect![[r#"invalid `nested`: write "stop" or "multiply""#]],
    );
    line(
        "budget = 20",
        &expect![[r#"invalid `budget`: write a share of the calls, such as "20%""#]],
    );
    line(
        "budget = -1%",
        &expect![[r#"invalid `budget`: write a share of the calls, such as "20%""#]],
    );
    line(
        "budget = PAYMENTS",
        &expect![[r#"invalid `budget`: write a share of the calls, such as "20%""#]],
    );
}

#[test]
fn keys() {
    line(
        "backof = exp",
        &expect!["unknown key `backof`; did you mean `backoff`?"],
    );
    line(
        "timeout = 1s",
        &expect!["unknown key `timeout`; did you mean `attempt_timeout`, for each attempt, or `deadline`, for the whole call?"],
    );
    line(
        "retries = 3",
        &expect!["unknown key `retries`; did you mean `max_retries`?"],
    );
    line(
        "attempts = 3",
        &expect!["unknown key `attempts`; did you mean `max`?"],
    );
    line(
        "delay = 1s",
        &expect!["unknown key `delay`; did you mean `base`?"],
    );
    line(
        "colour = red",
        &expect!["unknown key `colour`; expected one of `max`, `max_retries`, `backoff`, `base`, `factor`, `cap`, `jitter`, `floor`, `throttled_base`, `first_at_once`, `on`, `attempt_timeout`, `deadline`, `max_elapsed`, `max_retry_after`, `cut_retry_after`, `budget`, `nested`"],
    );
    line(
        "on_retry = log",
        &expect!["`on_retry` is a key of the attribute only: it belongs to the code, which cannot be configured"],
    );
    line(
        "name = orders",
        &expect!["`name` is a key of the attribute only: it belongs to the code, which cannot be configured"],
    );
    line("Max = 3", &expect!["unknown key `Max`; did you mean `max`?"]);
    line("initial-delay = 1s", &expect!["unknown key `initial-delay`; did you mean `base`?"]);
    line("max = 3, max = 4", &expect!["`max` is given twice"]);
    toml(
        "[orders]\nmax = 3",
        &expect!["unknown key `orders`; expected one of `max`, `max_retries`, `backoff`, `base`, `factor`, `cap`, `jitter`, `floor`, `throttled_base`, `first_at_once`, `on`, `attempt_timeout`, `deadline`, `max_elapsed`, `max_retry_after`, `cut_retry_after`, `budget`, `nested`"],
    );
    json(r#"{"max": 3, "max": 4}"#, &expect!["`max` is given twice"]);
    yaml(
        "maxAttempts: 3",
        &expect!["unknown key `maxAttempts`; did you mean `max`?"],
    );
}

#[test]
fn text() {
    line("max", &expect!["`max` needs a value: `max = 5`"]);
    line("max =", &expect!["`max` needs a value: `max = 5`"]);
    line("= 3", &expect!["expected `key = value`, but this is `= 3`"]);
    line(
        "max = 3,, base = 1s",
        &expect!["expected `key = value`, but there is nothing before a comma"],
    );
    line(
        "\"max = 3\"",
        &expect![[
            r#"expected `key = value`, but this is `"max = 3"`: write it without quotation marks around it"#
        ]],
    );
    line(
        "on = \"any",
        &expect!["`on` has one quotation mark without the other"],
    );
    line(
        "max: 3",
        &expect!["expected `key = value`, but this is `max: 3`"],
    );
    line(
        "{ \"max\": 3 }",
        &expect![[r#"expected `key = value`, but this is `{ "max": 3 }`"#]],
    );
    line(
        "orders(max = 3)",
        &expect!["expected `key = value`, but this is `orders(max = 3)`"],
    );
    line(
        "retry this call a few times, then give up and say why\tto the caller",
        &expect![[r#"
            expected `key = value`, but this is `retry this call a few times`
            expected `key = value`, but this is `then give up and say why to the caller`"#]],
    );
    toml("3", &expect!["key with no value, expected `=`"]);
    json(
        "3",
        &expect!["invalid type: integer `3`, expected the settings of a policy, such as `max` and `base` at line 1 column 1"],
    );
    yaml(
        "[max, 3]",
        &expect!["invalid type: sequence, expected the settings of a policy, such as `max` and `base`"],
    );
}

#[test]
fn limits_that_cut_off_need_an_error() {
    policy(
        "deadline = 2s",
        &expect!["`deadline` cuts attempts off, for which this policy has no error: write `max_elapsed`, which cuts nothing off, or make a `timed_policy`"],
    );
    policy(
        "attempt_timeout = 2s",
        &expect!["`attempt_timeout` cuts attempts off, for which this policy has no error: write `max_elapsed`, which cuts nothing off, or make a `timed_policy`"],
    );
}

#[test]
fn all_faults_of_a_document_are_found_at_once() {
    line(
        "max = 0, timeout = 1s, base = 50, backof = exp, cap = 1s",
        &expect![[r#"
            `max` counts the first call too, so it must be at least 1
            unknown key `timeout`; did you mean `attempt_timeout`, for each attempt, or `deadline`, for the whole call?
            `base` needs a unit: a string such as "250ms" or "1m 30s"
            unknown key `backof`; did you mean `backoff`?"#]],
    );
    toml(
        "max = 0\ntimeout = '1s'\nbase = 50\nbackof = 'exp'",
        &expect![[r#"
            unknown key `backof`; did you mean `backoff`?
            `base` needs a unit: a string such as "250ms" or "1m 30s"
            `max` counts the first call too, so it must be at least 1
            unknown key `timeout`; did you mean `attempt_timeout`, for each attempt, or `deadline`, for the whole call?"#]],
    );

    let error = PolicyConfig::parse("max = 0, timeout = 1s, base = 50").unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("max", ConfigErrorKind::InvalidValue)
    );
    let others: Vec<_> = error
        .others()
        .iter()
        .map(|other| (other.path(), other.kind()))
        .collect();
    let expected = [
        ("timeout", ConfigErrorKind::UnknownKey),
        ("base", ConfigErrorKind::InvalidValue),
    ];
    assert_eq!(others, expected);
    assert!(std::error::Error::source(&error).is_none());
}

#[test]
fn a_fault_names_the_path_in_a_larger_document() {
    #[derive(Deserialize)]
    struct Config {
        orders: PolicyConfig,
    }

    let config: Config = toml::from_str("orders = { cap = '50ms' }").unwrap();
    let error = config.orders.shape().unwrap_err().at("orders");
    expect!["`orders.cap` is 50ms, below `base`, which is 100ms"].assert_eq(&error.to_string());
    assert_eq!(error.path(), "orders.cap");

    let syntax = PolicyConfig::parse("nonsense!").unwrap_err().at("orders");
    expect!["`orders`: expected `key = value`, but this is `nonsense!`"]
        .assert_eq(&syntax.to_string());
    assert_eq!(syntax.path(), "orders");

    // `toml` shows the place.
    let error = toml::from_str::<Config>("[orders]\nmax = 0").err().unwrap();
    expect![[r#"
        TOML parse error at line 1, column 1
          |
        1 | [orders]
          | ^^^^^^^^
        `max` counts the first call too, so it must be at least 1
    "#]]
    .assert_eq(&error.to_string());
}
