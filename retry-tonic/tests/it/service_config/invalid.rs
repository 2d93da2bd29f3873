//! Configs that A6 does not allow, and their messages.

use retry_tonic::ServiceConfig;

use super::policy;

/// A key of a `retryPolicy`, its value, and what the message says after the key. Without a value, the key is missing.
const POLICIES: &[(&str, &str, &str)] = &[
    ("maxAttempts", "", "` is missing"),
    ("maxAttempts", "null", "` is missing"),
    ("maxAttempts", "1", "` is 1, but must be at least 2"),
    ("maxAttempts", "-3", "` is -3, but must be at least 2"),
    ("maxAttempts", "2.5", "` is 2.5, but must be an integer"),
    ("maxAttempts", "\"4\"", "` is \"4\", but must be an integer"),
    ("initialBackoff", "", "` is missing"),
    (
        "initialBackoff",
        "\"0s\"",
        "` is \"0s\", but must be greater than zero",
    ),
    (
        "initialBackoff",
        "\"10ms\"",
        "` is \"10ms\", but must be a number of seconds such as \"0.1s\"",
    ),
    ("initialBackoff", "1", "` is 1, but must be a string"),
    ("maxBackoff", "", "` is missing"),
    (
        "maxBackoff",
        "\"-1s\"",
        "` is \"-1s\", but must be a number of seconds such as \"0.1s\"",
    ),
    (
        "maxBackoff",
        "\"315576000001s\"",
        "` is \"315576000001s\", but must be a number of seconds such as \"0.1s\"",
    ),
    ("backoffMultiplier", "", "` is missing"),
    (
        "backoffMultiplier",
        "0",
        "` is 0, but must be a number greater than zero",
    ),
    (
        "backoffMultiplier",
        "[]",
        "` is a list, but must be a number greater than zero",
    ),
    ("retryableStatusCodes", "", "` is missing"),
    (
        "retryableStatusCodes",
        "[]",
        "` is empty, but must have at least one code",
    ),
    (
        "retryableStatusCodes",
        "{}",
        "` is an object, but must be a list",
    ),
    (
        "retryableStatusCodes",
        "[14, \"BUSY\"]",
        "[1]` is \"BUSY\", but must be a status code such as \"UNAVAILABLE\" or 14",
    ),
    (
        "retryableStatusCodes",
        "[17]",
        "[0]` is 17, but must be a status code such as \"UNAVAILABLE\" or 14",
    ),
    (
        "retryableStatusCodes",
        "[\"ok\"]",
        "[0]` is \"ok\", but must be the code of a failure",
    ),
];

const CONFIGS: &[(&str, &str)] = &[
    (
        r#"{ "methodConfig": 1 }"#,
        "`methodConfig` is 1, but must be a list",
    ),
    (
        r#"{ "methodConfig": [1] }"#,
        "`methodConfig[0]` is 1, but must be an object",
    ),
    (
        r#"{ "methodConfig": [{ "timeout": "1m" }] }"#,
        "`methodConfig[0].timeout` is \"1m\", but must be a number of seconds such as \"0.1s\"",
    ),
    (
        r#"{ "methodConfig": [{ "name": [{ "method": "M" }] }] }"#,
        "`methodConfig[0].name[0]` has a `method`, but no `service`",
    ),
    (
        r#"{ "methodConfig": [{ "name": [{}, { "service": "" }] }] }"#,
        "`methodConfig[0].name[1]` names the same methods as an earlier entry",
    ),
    (
        r#"{ "methodConfig": [{ "retryPolicy": {}, "hedgingPolicy": {} }] }"#,
        "`methodConfig[0]` has both `retryPolicy` and `hedgingPolicy`",
    ),
    (
        r#"{ "retryThrottling": { "tokenRatio": 1 } }"#,
        "`retryThrottling.maxTokens` is missing",
    ),
    (
        r#"{ "retryThrottling": { "maxTokens": 10 } }"#,
        "`retryThrottling.tokenRatio` is missing",
    ),
    (
        r#"{ "retryThrottling": { "maxTokens": 0, "tokenRatio": 1 } }"#,
        "`retryThrottling.maxTokens` is 0, but must be at least 1",
    ),
    (
        r#"{ "retryThrottling": { "maxTokens": 1001, "tokenRatio": 1 } }"#,
        "`retryThrottling.maxTokens` is 1001, but must be at most 1000",
    ),
    (
        r#"{ "retryThrottling": { "maxTokens": 10, "tokenRatio": 0 } }"#,
        "`retryThrottling.tokenRatio` is 0, but must be a number greater than zero",
    ),
    (
        r#"{ "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.0009 } }"#,
        "`retryThrottling.tokenRatio` is 0.0009, but must be at least 0.001",
    ),
    ("[]", "the service config is a list, but must be an object"),
    (
        "{",
        "the service config is not valid JSON: EOF while parsing an object at line 1 column 1",
    ),
];

fn assert_error(json: &str, expected: &str) {
    let error = ServiceConfig::from_json(json).unwrap_err();
    assert_eq!(error.to_string(), expected, "{json}");
}

#[test]
fn a_retry_policy_that_a6_does_not_allow_is_an_error_with_a_path() {
    for (key, value, message) in POLICIES {
        let policy = policy(key, value);
        let json = format!(r#"{{ "methodConfig": [{{ "name": [{{}}], {policy} }}] }}"#);
        assert_error(
            &json,
            &format!("`methodConfig[0].retryPolicy.{key}{message}"),
        );
    }
}

#[test]
fn every_other_fault_is_an_error_with_a_path() {
    for (json, expected) in CONFIGS {
        assert_error(json, expected);
    }
}

/// A config may have more than retries.
#[test]
fn other_keys_are_ignored() {
    let json = r#"{ "loadBalancingConfig": [{ "round_robin": {} }], "methodConfig": [{ "name": [{}],
        "waitForReady": true, "hedgingPolicy": { "maxAttempts": "nonsense" } }] }"#;
    let config = ServiceConfig::from_json(json).unwrap();
    assert!(config.policy("a.A", "M").is_none());
}
