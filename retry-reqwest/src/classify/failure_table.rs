//! Compares the table of the documentation, `docs/failures.md`, with the code.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use retry_core::Class;

use retry_http::__private_0_1::response_rules;

use super::{Safety, judge_status, rules};

/// Removes backticks, which the names of rules do not have.
static TABLE: LazyLock<String> =
    LazyLock::new(|| include_str!("../../docs/failures.md").replace('`', ""));
const HINT: Option<Duration> = Some(Duration::from_secs(3));

/// The failures of the table, each with the name of its class.
fn entries() -> Vec<(&'static str, &'static str)> {
    let rows = TABLE.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.flat_map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, failures, class] = cells[..] else {
            panic!("a row has three cells: {row}");
        };
        let class = class.trim_matches(['[', ']']);
        failures.split("; ").map(move |failure| (failure, class))
    })
    .collect()
}

fn is_status(failure: &str) -> bool {
    failure.starts_with(|first: char| first.is_ascii_digit()) || failure.contains("every other")
}

fn name(class: Class) -> &'static str {
    match class {
        Class::Refused => "Refused",
        Class::Throttled { .. } => "Throttled",
        Class::Transient => "Transient",
        Class::Permanent => "Permanent",
        other => panic!("no rule has this class by itself: {other:?}"),
    }
}

/// The classes that the table has for a status.
#[derive(Default)]
struct Statuses {
    always: BTreeMap<u16, &'static str>,
    hinted: BTreeMap<u16, &'static str>,
    keyed: BTreeMap<u16, &'static str>,
    other: Option<&'static str>,
}

impl Statuses {
    fn read() -> Self {
        let mut statuses = Self::default();
        for (failure, class) in entries() {
            if failure.starts_with("every other status") {
                statuses.other = Some(class);
            } else if is_status(failure) {
                let (codes, map) = if let Some(codes) = failure.strip_suffix(" with a valid hint") {
                    (codes, &mut statuses.hinted)
                } else if let Some(codes) =
                    failure.strip_suffix(" on a request with an Idempotency-Key")
                {
                    (codes, &mut statuses.keyed)
                } else {
                    (failure, &mut statuses.always)
                };
                for codes in codes.split(", ") {
                    let (first, last) = codes.split_once(" to ").unwrap_or((codes, codes));
                    for code in first.parse().unwrap()..=last.parse().unwrap() {
                        assert!(map.insert(code, class).is_none(), "{code} stands twice");
                    }
                }
            }
        }
        statuses
    }

    fn class(&self, code: u16, hint: bool, key: bool) -> &'static str {
        let hinted = self.hinted.get(&code).filter(|_| hint);
        let keyed = self.keyed.get(&code).filter(|_| key);
        let found = hinted.or(keyed).or(self.always.get(&code)).copied();
        found.or(self.other).unwrap()
    }
}

#[test]
fn every_status_has_the_class_that_the_table_says() {
    let statuses = Statuses::read();
    for code in 100..=999 {
        let status = StatusCode::from_u16(code).unwrap();
        for hint in [None, HINT] {
            for safety in [Safety::Once, Safety::Idempotent, Safety::Keyed] {
                let rule = judge_status(status, &HeaderMap::new(), hint, safety);
                let key = safety == Safety::Keyed;
                let said = statuses.class(code, hint.is_some(), key);
                assert_eq!(name(rule.class), said, "{code}, {hint:?}, {safety:?}");
            }
        }
    }
}

#[test]
fn the_table_and_the_code_have_the_same_rules_with_the_same_classes() {
    let by_table: BTreeMap<_, _> = entries()
        .into_iter()
        .filter(|(failure, _)| !is_status(failure))
        .collect();
    let groups = [
        rules::CONNECT,
        rules::EXCHANGE,
        rules::FETCH,
        rules::HTTP2,
        rules::BY_POLICY,
        response_rules::BELOW_400,
    ];
    let rules = groups.into_iter().flatten().map(|rule| {
        let verdict = rule.verdict();
        (verdict.rule, name(verdict.class))
    });
    let by_code: BTreeMap<_, _> = rules.collect();
    assert_eq!(by_table, by_code);
}

/// If two rules had one name, `explain` would not show which one decided.
#[test]
fn no_two_rules_have_the_same_name() {
    let groups = [
        rules::CONNECT,
        rules::EXCHANGE,
        rules::FETCH,
        rules::HTTP2,
        response_rules::STATUS,
        response_rules::BELOW_400,
        rules::BY_POLICY,
        rules::DOWNLOAD,
    ];
    let mut seen = BTreeSet::new();
    for rule in groups.into_iter().flatten() {
        let name = rule.verdict().rule;
        assert!(seen.insert(name), "{name}");
    }
}

/// Features are unified over a whole dependency tree.
#[test]
fn no_feature_changes_what_an_error_means() {
    let sources = [
        include_str!("causes.rs"),
        include_str!("failure.rs"),
        include_str!("fetch.rs"),
        include_str!("http2.rs"),
        include_str!("private_errors.rs"),
        include_str!("rules.rs"),
    ];
    for source in sources {
        assert!(!source.contains("feature ="), "{source}");
    }
}
