//! Documents that are right.

use std::time::Duration;

use retry_core::config::{ConfiguredBudget, PolicyConfig, ShapeName};
use retry_core::{Jitter, Nested, On};

/// Every setting.
fn full() -> PolicyConfig {
    let second = Duration::from_secs(1);
    let mut config = PolicyConfig::default();
    config.max = Some(5);
    config.backoff = Some(ShapeName::Exponential);
    config.base = Some(second / 20);
    config.factor = Some(3.0);
    config.cap = Some(90 * second);
    config.jitter = Some(Jitter::Proportional(0.25));
    config.floor = Some(second / 100);
    config.throttled_base = Some(second);
    config.first_at_once = Some(true);
    config.on = Some(On::Refused);
    config.attempt_timeout = Some(2 * second);
    config.deadline = Some(30 * second);
    config.max_elapsed = Some(20 * second);
    config.max_retry_after = Some(60 * second);
    config.cut_retry_after = Some(false);
    config.budget = ConfiguredBudget::new(0.2).ok();
    config.nested = Some(Nested::Multiply);
    config
}

#[test]
fn every_format_has_the_words_of_the_attribute() {
    let line = "max = 5, backoff = exp, base = 50ms, factor = 3, cap = 1m 30s, jitter = 0.25, floor = 10ms, throttled_base = 1s, first_at_once = true, on = refused, \
         attempt_timeout = 2s, deadline = 30s, max_elapsed = 20s, max_retry_after = 1m, cut_retry_after = false, budget = 20%, nested = multiply";
    assert_eq!(PolicyConfig::parse(line), Ok(full()));
    assert_eq!(full().to_string(), line);
    assert_eq!(line.parse(), Ok(full()));

    let table = r#"
        max = 5
        backoff = "exp"
        base = "50ms"
        factor = 3
        cap = "1m 30s"
        jitter = 0.25
        floor = "10ms"
        throttled_base = "1s"
        first_at_once = true
        on = "refused"
        attempt_timeout = "2s"
        deadline = "30s"
        max_elapsed = "20s"
        max_retry_after = "1m"
        cut_retry_after = false
        budget = "20%"
        nested = "multiply"
    "#;
    assert_eq!(toml::from_str(table), Ok(full()));

    let object = r#"{
        "max": 5, "max_retries": null, "backoff": "exp", "base": "50ms", "factor": 3.0, "cap": "1m 30s", "jitter": 0.25, "floor": "10ms", "throttled_base": "1s", "first_at_once": true,
        "on": "refused", "attempt_timeout": "2s", "deadline": "30s", "max_elapsed": "20s", "max_retry_after": "1m", "cut_retry_after": false,
        "budget": "20%", "nested": "multiply"
    }"#;
    assert_eq!(
        serde_json::from_str::<PolicyConfig>(object).unwrap(),
        full()
    );

    let yaml = "
        max: 5
        backoff: exp
        base: 50ms
        factor: 3
        cap: 1m 30s
        jitter: 0.25
        floor: 10ms
        throttled_base: 1s
        first_at_once: true
        on: refused
        attempt_timeout: 2s
        deadline: 30s
        max_elapsed: 20s
        max_retry_after: 1m
        cut_retry_after: false
        budget: 20%
        nested: multiply
    ";
    assert_eq!(
        serde_norway::from_str::<PolicyConfig>(yaml).unwrap(),
        full()
    );
}

#[test]
fn a_line_of_text_can_be_a_value_of_a_document() {
    let config: PolicyConfig = serde_json::from_str(r#""max = 3, base = 50ms""#).unwrap();
    assert_eq!(config, PolicyConfig::parse("max = 3, base = 50ms").unwrap());
}

#[test]
fn text_may_have_spaces_and_quotation_marks_and_a_comma_at_its_end() {
    let expected = PolicyConfig::parse("max=3,base=90s").unwrap();
    for text in [
        "  max = 3 , base = 1m 30s  ",
        "max=3,base=\"1m 30s\",",
        "base = '90s', max = 3",
        "max = 3,\n base = 90s,\n",
    ] {
        assert_eq!(PolicyConfig::parse(text).as_ref(), Ok(&expected), "{text}");
    }
    assert_eq!(PolicyConfig::parse(" "), Ok(PolicyConfig::default()));
    assert_eq!(PolicyConfig::parse("max = 1_000").unwrap().max, Some(1000));
}
