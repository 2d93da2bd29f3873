//! Policies from a service config.

mod invalid;

use std::time::Duration;

use retry_tonic::{Error, RetryLayer, ServiceConfig};
use retryable::testing::{Mode, record_async, with};
use retryable::{Class, GiveUp};
use tonic::{Code, Status};

use crate::server::{Reply, SAY, Server, pushed_back};

/// A config with this one `methodConfig`, for all services.
fn config(method: &str) -> ServiceConfig {
    let json = format!(r#"{{ "methodConfig": [{{ "name": [{{}}], {method} }}] }}"#);
    ServiceConfig::from_json(&json).unwrap()
}

/// A `retryPolicy` with this key, which replaces the one of a valid policy.
fn policy(key: &str, value: &str) -> String {
    let valid = [
        ("maxAttempts", "4"),
        ("initialBackoff", "\"0.001s\""),
        ("maxBackoff", "\"0.001s\""),
        ("backoffMultiplier", "2"),
        ("retryableStatusCodes", "[\"UNAVAILABLE\"]"),
    ];
    let entry = |(name, valid)| match (name == key, value) {
        (true, "") => None,
        (true, value) => Some(format!("\"{name}\": {value}")),
        (false, _) => Some(format!("\"{name}\": {valid}")),
    };
    let entries: Vec<_> = valid.into_iter().filter_map(entry).collect();
    format!("\"retryPolicy\": {{ {} }}", entries.join(", "))
}

fn attempts(config: &ServiceConfig) -> usize {
    config
        .policy("test.Echo", "Say")
        .unwrap()
        .schedule(0)
        .count()
        + 1
}

#[test]
fn more_than_five_attempts_count_as_five() {
    for (configured, made) in [("2", 2), ("5", 5), ("6", 5), ("1e9", 5), ("4.0", 4)] {
        assert_eq!(attempts(&config(&policy("maxAttempts", configured))), made);
    }
}

/// T2, grpc-go's `TestMaxCallAttempts`. Its -1 is 0 here.
#[test]
fn the_client_limits_the_attempts() {
    for (service, client, made) in [(9, 4, 4), (9, 7, 7), (3, 10, 3), (8, 0, 5), (3, 0, 3)] {
        let config = config(&policy("maxAttempts", &service.to_string()));
        assert_eq!(
            attempts(&config.max_call_attempts(client)),
            made,
            "{service}, {client}"
        );
    }
}

#[test]
fn codes_are_names_in_any_case_or_numbers() {
    let error = |code| Error::from(Status::new(code, "no"));
    for codes in [
        "[\"unavailable\", \"Internal\"]",
        "[14, 13]",
        "[14.0, \"INTERNAL\"]",
    ] {
        let config = config(&policy("retryableStatusCodes", codes));
        let policy = config.policy("any.Service", "Any").unwrap();
        let retries = |code| policy.retries(error(code));
        assert!(
            retries(Code::Unavailable) && retries(Code::Internal),
            "{codes}"
        );
        assert!(!retries(Code::Aborted) && !retries(Code::Ok), "{codes}");
    }
}

trait Retries {
    fn retries(&self, error: Error) -> bool;
}

impl Retries for retryable::DynPolicy<Error> {
    fn retries(&self, error: Error) -> bool {
        self.start().again(error).is_ok()
    }
}

#[test]
fn the_most_specific_entry_counts() {
    let json = r#"{ "methodConfig": [
        { "name": [{ "service": "a.A", "method": "M" }, { "service": "b.B", "method": "M" }], "timeout": "1s" },
        { "name": [{ "service": "a.A" }], "timeout": "2s" },
        { "name": [{}], "timeout": "3s" },
        { "timeout": "4s" },
        { "name": [], "timeout": "5s" }
    ] }"#;
    let config = ServiceConfig::from_json(json).unwrap();
    let cases = [
        ("a.A", "M", 1),
        ("a.A", "N", 2),
        ("b.B", "M", 1),
        ("b.B", "N", 3),
        ("c.C", "M", 3),
    ];
    for (service, method, seconds) in cases {
        let timeout = Some(Duration::from_secs(seconds));
        assert_eq!(
            config.timeout(service, method),
            timeout,
            "{service}/{method}"
        );
        assert!(config.policy(service, method).is_none());
    }
    let empty = ServiceConfig::from_json("{}").unwrap();
    assert_eq!(empty.timeout("a.A", "M"), None);
    assert!(empty.policy("a.A", "M").is_none() && empty.throttle().is_none());
}

#[tokio::test]
async fn the_layer_retries_what_the_config_lists() {
    let config = || config(&policy("retryableStatusCodes", "[\"INTERNAL\"]"));
    let cases = [(Code::Internal, 2), (Code::Unavailable, 1)];
    for (code, attempts) in cases {
        let server = Server::new(move |call| match call {
            0 => Reply::Fail(Status::new(code, "no")),
            _ => Reply::Say("hello"),
        });
        let server = server.await;
        let _ = server
            .client(&RetryLayer::from_service_config(config()))
            .say("hi")
            .await;
        assert_eq!(server.count(), attempts, "{code:?}");
    }
}

#[tokio::test]
async fn a_method_without_a_policy_is_called_once() {
    let json =
        r#"{ "methodConfig": [{ "name": [{ "service": "test.Other" }], "timeout": "1s" }] }"#;
    let layer = RetryLayer::from_service_config(ServiceConfig::from_json(json).unwrap());
    let server = Server::failing(1, Reply::unavailable).await;
    assert!(
        server
            .client(&layer.idempotent(SAY))
            .say("hi")
            .await
            .is_err()
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn the_timeout_of_the_config_is_a_deadline() {
    let config = config(&format!("\"timeout\": \"0.1s\", {}", policy("", "")));
    let server = Server::new(|_| Reply::Hang).await;
    let mut client = server.client(&RetryLayer::from_service_config(config));
    let (outcome, record) = record_async(client.say("hi")).await;
    assert_eq!(outcome.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(record.attempts(), 1);
    assert!(server.seen()[0].header("grpc-timeout").is_some());
}

/// A6: "retry in n ms", and then from the initial backoff again. Without spread, unlike under other policies.
#[tokio::test]
async fn the_backoff_starts_again_after_a_pushback() {
    let policy = r#""retryPolicy": { "maxAttempts": 5, "initialBackoff": "1s", "maxBackoff": "60s", "backoffMultiplier": 3,
        "retryableStatusCodes": ["UNAVAILABLE"] }"#;
    let server = Server::new(|call| match call {
        1 => Reply::pushback(&["40000"]),
        _ => Reply::unavailable(),
    });
    let server = server.await;
    let mut client = server.client(&RetryLayer::from_service_config(config(policy)));
    let call = record_async(client.say("hi"));
    let (outcome, record) = with(Mode::new().no_delay(), call).await;
    assert!(outcome.is_err());
    assert_eq!(record.delays()[1], Duration::from_secs(40));
    let middles = [1.0, 40.0, 1.0, 3.0];
    for (delay, center) in record.delays().into_iter().zip(middles) {
        let quotient = delay.as_secs_f64() / center;
        assert!((0.8..=1.2).contains(&quotient), "{:?}", record.delays());
    }
    assert_eq!(
        (record.attempts(), record.give_up()),
        (5, Some(GiveUp::Exhausted))
    );
}

#[tokio::test]
async fn a_pushback_stops_after_a_listed_code() {
    let fail = |_| Reply::Fail(pushed_back(Status::internal("bug"), &["-1"]));
    let server = Server::new(fail).await;
    let json = format!(
        r#"{{ "methodConfig": [{{ "name": [{{}}], {} }}], "retryThrottling": {{ "maxTokens": 10, "tokenRatio": 0.5 }} }}"#,
        policy("retryableStatusCodes", "[13]")
    );
    let config = ServiceConfig::from_json(&json).unwrap();
    let tokens = config.throttle().unwrap();
    let mut client = server.client(&RetryLayer::from_service_config(config));
    let (outcome, record) = record_async(client.say("hi")).await;
    assert_eq!(outcome.unwrap_err().code(), Code::Internal);
    assert_eq!(
        (server.count(), record.classes()),
        (1, vec![Class::Transient])
    );
    // A6 counts it.
    assert_eq!(tokens.thousandths(), 9_000);
}

/// The policy of a method is a policy: for functions, too.
#[tokio::test]
async fn the_policy_classifies_a_status_of_a_function() {
    let policy = config(&policy("", "")).policy("a.A", "M").unwrap();
    let outcome = policy
        .run(|| async { Err::<(), Error>(pushed_back(Status::unavailable("no"), &["-1"]).into()) });
    let (outcome, report) = outcome.report().await;
    assert!(outcome.is_err());
    assert_eq!(report.attempts, 1);
}

/// T1 by a config: see the acceptance tests for the whole trace.
#[tokio::test]
async fn methods_share_the_tokens() {
    let json = format!(
        r#"{{ "methodConfig": [{{ "name": [{{ "service": "test.Echo", "method": "Say" }}], {} }}],
            "retryThrottling": {{ "maxTokens": 10, "tokenRatio": 0.5 }} }}"#,
        policy("", "")
    );
    let config = ServiceConfig::from_json(&json).unwrap();
    let tokens = config.throttle().unwrap();
    let server = Server::failing(2, Reply::unavailable).await;
    let mut client = server.client(&RetryLayer::from_service_config(config));
    client.say("hi").await.unwrap();
    assert_eq!(tokens.thousandths(), 8_500);
    client
        .call("/test.Echo/Other", tonic::Request::new("hi".to_owned()))
        .await
        .unwrap();
    assert_eq!(tokens.thousandths(), 9_000);
}
