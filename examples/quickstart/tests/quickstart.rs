//! The quickstart runs, and shows what it promises.

use std::process::Command;
use std::time::{Duration, Instant};

fn run(arguments: &[&str]) -> String {
    // `cargo test` builds the example next to this test.
    let mut path = std::env::current_exe().expect("a test has a path");
    path.pop();
    path.set_file_name("examples");
    path.push(format!("quickstart{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(path).args(arguments).output();
    let output = output.expect("the example starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn quickstart_shows_each_attempt_its_class_its_rule_and_the_outcome() {
    let start = Instant::now();
    let timeline = run(&[]);
    assert!(start.elapsed() < Duration::from_secs(5));

    let expected = [
        "attempt 1  the server responded with 503",
        "is throttled for 1s: 503 with a valid Retry-After",
        "waits 1",
        "attempt 2  error sending request",
        "is transient: connection reset",
        "attempt 3  the server responded with 500",
        "attempt 4  the attempt took longer than 300ms",
        "succeeds   Ada",
        "gives up after 1 attempt: not retryable",
        "is ambiguous: connection reset",
        "gives up after 2 attempts: not retryable",
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
    let timeline = run(&[&format!("http://127.0.0.1:{port}/")]);
    assert!(timeline.contains("is refused: "), "{timeline}");
    assert!(
        timeline.contains("gives up after 5 attempts: attempts exhausted"),
        "{timeline}"
    );
}
