//! Partial documents.

use retry_core::config::PolicyConfig;

fn merged(specific: &str, base: &str) -> String {
    let parse = |text| PolicyConfig::parse(text).unwrap();
    parse(specific).or(&parse(base)).to_string()
}

#[test]
fn each_field_is_merged_by_itself() {
    assert_eq!(
        merged("max = 3", "max = 5, base = 50ms"),
        "max = 3, base = 50ms"
    );
    assert_eq!(merged("", "max = 5, budget = 20%"), "max = 5, budget = 20%");
    assert_eq!(merged("max = 5", ""), "max = 5");
    assert_eq!(
        merged(
            "on = refused, nested = stop, deadline = 1s",
            "on = any, nested = multiply, attempt_timeout = 1s"
        ),
        "on = refused, attempt_timeout = 1s, deadline = 1s, nested = stop"
    );
}

#[test]
fn both_ways_to_count_are_one_setting() {
    assert_eq!(merged("max_retries = 3", "max = 9"), "max_retries = 3");
    assert_eq!(merged("max = 3", "max_retries = 9"), "max = 3");
}

#[test]
fn what_has_no_effect_on_the_shape_is_not_taken() {
    assert_eq!(
        merged(
            "backoff = fixed",
            "base = 1s, factor = 3, cap = 5s, jitter = full"
        ),
        "backoff = fixed, base = 1s, jitter = full"
    );
    assert_eq!(
        merged("backoff = none", "base = 1s, jitter = full, max = 3"),
        "max = 3, backoff = none"
    );
    // The shape is that of the base, which has a use for it.
    assert_eq!(
        merged("base = 1s", "backoff = fixed"),
        "backoff = fixed, base = 1s"
    );
}

#[test]
fn fields_that_do_not_fit_together_after_a_merge_are_an_error() {
    let cap = PolicyConfig::parse("cap = 1s").unwrap();
    let error = PolicyConfig::parse("base = 2s")
        .unwrap()
        .or(&cap)
        .shape()
        .unwrap_err();
    assert_eq!(error.to_string(), "`cap` is 1s, below `base`, which is 2s");
}
