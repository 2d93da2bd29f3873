//! Compares the table of the documentation, `docs/statuses.md`, with the code.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use retry_core::Class;

use crate::safety::Safety;
use crate::status::judge_status;

const TABLE: &str = include_str!("../docs/statuses.md");

/// The conditions of the table, `""` for none, each with the class of every status.
type Classes = BTreeMap<&'static str, BTreeMap<u16, Class>>;

fn class(name: &str) -> Class {
    match name {
        "Refused" => Class::Refused,
        "Throttled" => Class::Throttled { retry_after: None },
        "Transient" => Class::Transient,
        "Permanent" => Class::Permanent,
        other => panic!("no class: {other}"),
    }
}

fn read() -> Classes {
    let mut classes = Classes::new();
    for row in TABLE.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [statuses, name] = cells[..] else {
            panic!("a row has two cells: {row}");
        };
        let class = class(name.trim_matches(['[', ']', '`']));
        for entry in statuses.split("; ") {
            let end = entry.find(" on ").or(entry.find(" with "));
            let (codes, condition) = entry.split_at(end.unwrap_or(entry.len()));
            let (codes, condition) = match codes {
                "every other status, 501 and 505 among them" => ("100 to 999", "other"),
                codes => (codes, condition),
            };
            for codes in codes.split(", ") {
                let (first, last) = codes.split_once(" to ").unwrap_or((codes, codes));
                for code in first.parse().unwrap()..=last.parse().unwrap() {
                    let before = classes.entry(condition).or_default().insert(code, class);
                    assert_eq!(before, None, "{code} stands twice");
                }
            }
        }
    }
    classes
}

#[test]
fn every_status_has_the_class_that_the_table_says() {
    let table = read();
    for code in 100..=999 {
        let status = StatusCode::from_u16(code).unwrap();
        for hint in [None, Some(Duration::from_secs(3))] {
            for safety in [Safety::Once, Safety::Idempotent, Safety::Keyed] {
                let mut conditions = vec!["", "other"];
                if hint.is_some() {
                    conditions.insert(0, " with a valid hint");
                }
                if safety == Safety::Keyed {
                    conditions.insert(0, " on a request with an `Idempotency-Key`");
                }
                let said = conditions.iter().find_map(|said| table[said].get(&code));
                let rule = judge_status(status, &HeaderMap::new(), hint, safety);
                let name = rule.class.name();
                assert_eq!(
                    Some(name),
                    said.map(|class| class.name()),
                    "{code} {hint:?} {safety:?}"
                );
            }
        }
    }
}

/// Features are unified over a whole dependency tree.
#[test]
fn no_feature_changes_what_a_response_means() {
    let sources = [
        include_str!("asked_for.rs"),
        include_str!("hints.rs"),
        include_str!("response_rules.rs"),
        include_str!("rule.rs"),
        include_str!("safety.rs"),
        include_str!("status.rs"),
    ];
    for source in sources {
        assert!(!source.contains("feature ="), "{source}");
    }
}
