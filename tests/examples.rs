//! Every example runs, and does what it says.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// `cargo test` builds the examples beside the tests.
fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("a test has a path");
    path.pop();
    path.set_file_name("examples");
    path.push(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{name} is not built: run all tests, or `cargo build --examples` first"
    );
    path
}

fn run(name: &str, arguments: &[&str]) -> (Output, String) {
    let output = Command::new(example(name)).args(arguments).output();
    let output = output.expect("the example starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{name} failed: {output:?}");
    (output, text)
}

#[test]
fn quickstart_shows_each_attempt_its_class_its_rule_and_the_outcome() {
    let start = Instant::now();
    let (_, timeline) = run("quickstart", &[]);
    assert!(start.elapsed() < Duration::from_secs(5));

    let expected = [
        "attempt 1  the server answered 503",
        "is throttled for 1s: 503 with a valid Retry-After",
        "waits 1",
        "attempt 2  error sending request",
        "is transient: connection reset",
        "attempt 3  the server answered 500",
        "attempt 4  the attempt took longer than 300ms",
        "succeeds   {\"answer\":\"200 OK\"}",
        "gives up after 1 call: not retryable",
        "is ambiguous: connection reset",
        "gives up after 2 calls: not retryable",
    ];
    let mut rest = timeline.as_str();
    for part in expected {
        let found = rest.find(part);
        let at = found.unwrap_or_else(|| panic!("{part:?} is missing in\n{timeline}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn quickstart_takes_the_url_of_the_user() {
    // A port that nothing listens on: refused, and tried to the last.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let (_, timeline) = run("quickstart", &[&format!("http://127.0.0.1:{port}/")]);
    assert!(timeline.contains("is refused: "), "{timeline}");
    assert!(
        timeline.contains("gives up after 5 calls: attempts exhausted"),
        "{timeline}"
    );
}

#[test]
fn the_other_examples_assert_what_they_say() {
    for name in [
        "custom_classify",
        "explicit_loop",
        "blocking",
        "api_client",
        "upload",
    ] {
        let (_, text) = run(name, &[]);
        assert!(!text.is_empty(), "{name} prints what it does");
    }
}

#[test]
fn download_goes_on_where_it_was_cut_off() {
    let (_, text) = run("download", &[]);
    let expected = "attempt 1 broke off after 3145728 bytes\n\
        attempt 2 broke off after 6291456 bytes\n\
        downloaded 8388608 bytes\n";
    assert_eq!(text, expected);
}
