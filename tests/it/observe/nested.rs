//! Calls in calls.

use retryable::{Classified, retryable, transient};

use super::support::Lines;

type Outcome = Result<(), Classified<&'static str>>;

#[retryable(backoff = "none", name = "inner")]
fn inner() -> Outcome {
    Err(transient("down"))
}

#[retryable(backoff = "none", name = "middle")]
fn middle() -> Outcome {
    inner()
}

#[retryable(backoff = "none", name = "outer")]
fn outer() -> Outcome {
    middle()
}

#[test]
fn three_layers_warn_once_each() {
    let (outcome, lines) = Lines::of(outer);
    assert!(outcome.is_err());
    let warnings: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("WARN"))
        .map(|line| {
            let value = |field: &str| {
                let (_, value) = line.split_once(field).expect("the field");
                value.split('"').nth(1).expect("a value").to_owned()
            };
            (value("retry.name"), value("retry.reason"))
        })
        .collect();
    let expected = [
        ("inner", "exhausted"),
        ("middle", "nested"),
        ("outer", "nested"),
    ];
    let expected = expected.map(|(name, reason)| (name.to_owned(), reason.to_owned()));
    assert_eq!(warnings, expected);
}
