use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use retry_core::TimedOut;
use tonic::metadata::MetadataValue;
use tonic::{ConnectError, TimeoutExpired};
use tonic_types::{ErrorDetails, StatusExt};

use super::*;

const MILLIS_5: Class = Class::Throttled {
    retry_after: Some(Duration::from_millis(5)),
};

/// The failures of the table in the documentation, each with the name of its class.
fn documented() -> BTreeMap<String, String> {
    // Names of rules have no backticks.
    let table = include_str!("../../docs/statuses.md").replace('`', "");
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let mut failures = BTreeMap::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [names, class] = cells[..] else {
            panic!("a row has two cells: {row}");
        };
        let class = class.trim_start_matches('[').split(']').next().unwrap();
        for name in names.split("; ") {
            let previous = failures.insert(name.to_owned(), class.to_owned());
            assert_eq!(previous, None, "{row}");
        }
    }
    failures
}

fn caused_by(error: impl Error + Send + Sync + 'static) -> Status {
    let mut status = Status::unknown("transport error");
    status.set_source(Arc::new(error));
    status
}

fn with_pushback(code: Code, value: &'static str) -> Status {
    let mut status = Status::new(code, "busy");
    let value = MetadataValue::from_static(value);
    status.metadata_mut().insert(PUSHBACK, value);
    status
}

#[test]
fn the_table_and_the_code_have_the_same_rules_with_the_same_classes() {
    let mut table = documented();
    let asked = "these three, with grpc-retry-pushback-ms or google.rpc.RetryInfo";
    assert_eq!(
        table.remove(asked).as_deref(),
        Some("throttled"),
        "{table:?}"
    );
    let codes = (0..=16).map(Code::from_i32);
    let codes = codes.map(|code| explain(&Status::new(code, "no")));
    let rules = codes.chain(rules::ALL.iter().copied());
    let by_code = rules.map(|rule| (rule.rule.to_owned(), rule.class.name().to_owned()));
    assert_eq!(table, by_code.collect());
}

#[test]
fn a_pushback_counts_only_with_a_code_that_is_retried() {
    for code in (0..=16).map(Code::from_i32) {
        let by_code = explain(&Status::new(code, "no"));
        let expected = match by_code.class {
            Class::Transient => MILLIS_5,
            class => class,
        };
        assert_eq!(
            explain(&with_pushback(code, "5")).class,
            expected,
            "{code:?}"
        );
        assert_eq!(explain(&with_pushback(code, "-1")).class, Class::Permanent);
    }
}

#[test]
fn a_retry_info_is_read_if_there_is_no_pushback() {
    let delay = Some(Duration::from_millis(5));
    for (code, class) in [
        (Code::ResourceExhausted, MILLIS_5),
        (Code::NotFound, Class::Permanent),
    ] {
        let details = ErrorDetails::with_retry_info(delay);
        let mut status = Status::with_error_details(code, "busy", details);
        assert_eq!(explain(&status).class, class);
        let stop = MetadataValue::from_static("-1");
        status.metadata_mut().insert(PUSHBACK, stop);
        assert_eq!(explain(&status).class, Class::Permanent);
    }
}

#[test]
fn a_pushback_that_is_no_text_stops() {
    let mut headers = http::HeaderMap::new();
    headers.insert(PUSHBACK, http::HeaderValue::from_bytes(b"\xff").unwrap());
    let metadata = tonic::metadata::MetadataMap::from_headers(headers);
    let status = Status::with_metadata(Code::Unavailable, "busy", metadata);
    assert_eq!(explain(&status), rules::PUSHBACK_STOP);
}

#[test]
fn the_causes_count_before_the_code() {
    let io = |kind: ErrorKind| io::Error::from(kind);
    let connect = |error: io::Error| ConnectError(Box::new(error));
    let cases = [
        (
            caused_by(connect(io(ErrorKind::ConnectionRefused))),
            rules::CONNECT,
        ),
        (
            caused_by(connect(io(ErrorKind::InvalidData))),
            rules::CONNECT_TLS,
        ),
        (
            caused_by(io::Error::other(connect(io(ErrorKind::TimedOut)))),
            rules::CONNECT,
        ),
        (caused_by(TimeoutExpired(())), rules::CHANNEL_TIMED_OUT),
        (
            caused_by(TimedOut::new(Duration::ZERO)),
            rules::ATTEMPT_TIMED_OUT,
        ),
        (caused_by(io(ErrorKind::BrokenPipe)), rules::BROKEN),
        (
            caused_by(caused_by(io(ErrorKind::ConnectionReset))),
            rules::BROKEN,
        ),
    ];
    for (status, rule) in cases {
        assert_eq!(explain(&status), rule, "{status:?}");
    }
    assert_eq!(explain(&caused_by(io(ErrorKind::Other))).rule, "UNKNOWN");
    assert_eq!(explain(&caused_by(Status::internal("bug"))).rule, "UNKNOWN");
}

/// Features are unified over a whole dependency tree.
#[test]
fn no_feature_changes_what_a_status_means() {
    let sources = [
        include_str!("retry_info.rs"),
        include_str!("rules.rs"),
        include_str!("transport.rs"),
    ];
    for source in sources {
        assert!(!source.contains("feature ="), "{source}");
    }
}
