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
    assert_eq!(printed(&output), "orders: 2 attempts\nprices: 1 attempts\n");
}

#[test]
fn a_mistake_is_named_with_its_place() {
    let output = configured("[retry.orders]\nbackof = \"exp\"\n", &[], &[]);
    assert!(
        said(&output).contains("did you mean `backoff`?"),
        "{output:?}"
    );
    let output = configured("", &[("RETRY_ORDERS", "max = 0")], &[]);
    assert!(
        said(&output).contains("`RETRY_ORDERS.max` counts the first call too"),
        "{output:?}"
    );
    let output = configured("", &[], &["--retry", "order=max = 1"]);
    assert!(
        said(&output).contains("no call is named `order`"),
        "{output:?}"
    );
}
