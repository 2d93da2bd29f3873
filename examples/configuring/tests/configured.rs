//! Runs the example `configured`.

use std::fs;
use std::process::{Command, Output};

fn configured(file: &str, variables: &[(&str, &str)], flags: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("retry.toml");
    fs::write(&path, file).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_configured"))
        .arg("--file")
        .arg(path)
        .args(flags)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("the example runs")
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn said(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn each_call_is_explained() {
    let output = configured("", &[], &["--explain"]);
    assert_eq!(
        printed(&output),
        "orders: up to 5 attempts; waits of up to 50ms, 100ms, 200ms, 400ms (750ms in all); refused and throttled failures; no \
         budget\n\
         prices: up to 3 attempts; waits of up to 20ms, 40ms (60ms in all); transient failures; no attempt or wait after 2s; \
         no budget\n"
    );
}

/// The file sets three fields, the environment replaces one of them, and the command line another one.
#[test]
fn the_nearest_document_counts_field_by_field() {
    let file = "[retry.orders]\nmax = 4\nbase = \"10ms\"\njitter = \"none\"\n";
    let variables = [("RETRY_ORDERS", "max = 3")];
    let output = configured(file, &variables, &["--explain"]);
    assert!(
        printed(&output).starts_with("orders: up to 3 attempts; waits of 10ms, 20ms (30ms in all)")
    );

    let flags = ["--explain", "--retry", "orders=base = 1ms"];
    let output = configured(file, &variables, &flags);
    assert!(
        printed(&output).starts_with("orders: up to 3 attempts; waits of 1ms, 2ms (3ms in all)")
    );
}

#[test]
fn calls_are_made_under_the_policies() {
    let flags = ["--retry", "orders=max = 2", "--retry", "prices=max = 1"];
    let output = configured("", &[], &flags);
    assert_eq!(
        printed(&output),
        "orders: gave up after attempt 2\nprices: gave up after attempt 1\n"
    );
}

#[test]
fn all_mistakes_of_all_documents_are_named_with_their_places() {
    let file = "[retry.orders]\nbackof = \"exp\"\nbase = 50\n\n[retry.price]\nmax = 0\n";
    let variables = [("RETRY_ORDERS", "max = 0"), ("RETRY_ORDER", "max = 1")];
    let output = configured(file, &variables, &["--retry", "order=max = 1"]);
    let said = said(&output);
    let mut places: Vec<_> = said
        .lines()
        .map(|line| line.split_once("retry.toml").map_or(line, |(_, rest)| rest))
        .collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            ", [retry.orders]: `base` needs a unit: a string such as \"250ms\" or \"1m 30s\"",
            ", [retry.orders]: unknown key `backof`; did you mean `backoff`?",
            ", [retry.price]: `max` counts the first call too, so it must be at least 1",
            "--retry: no call is named `order`; expected one of `orders`, `prices`",
            ": no call is named `price`; expected one of `orders`, `prices`",
            "RETRY_ORDER: no call is named `order`; expected one of `orders`, `prices`",
            "`RETRY_ORDERS.max` counts the first call too, so it must be at least 1",
        ]
    );
}

/// The field of one document does not fit the field of another.
#[test]
fn a_conflict_between_two_documents_is_named() {
    let output = configured("[retry.orders]\ncap = \"10ms\"\n", &[], &[]);
    assert_eq!(
        said(&output),
        "`orders.cap` is 10ms, below `base`, which is 50ms\n"
    );
}

#[test]
fn a_flag_and_a_file_that_cannot_be_read_are_named() {
    let output = configured("", &[], &["--retry", "orders=max = 0"]);
    assert!(
        said(&output).contains("`orders.max` counts the first call too"),
        "{output:?}"
    );
    let output = configured("[retry.orders\n", &[], &[]);
    assert!(
        said(&output).contains("retry.toml: TOML parse error at line 1"),
        "{output:?}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_configured"))
        .args(["--file", "absent.toml"])
        .output()
        .expect("the example runs");
    assert!(said(&output).starts_with("absent.toml: "), "{output:?}");
}
