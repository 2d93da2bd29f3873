//! Every example runs, and does what it says.

use std::path::PathBuf;
use std::process::{Command, Output};

/// `cargo test` builds the examples next to the tests.
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
fn the_other_examples_assert_what_they_say() {
    for name in [
        "custom_classify",
        "explicit_loop",
        "blocking",
        "api_client",
        "upload",
        "worker",
    ] {
        let (_, text) = run(name, &[]);
        assert!(!text.is_empty(), "{name} prints what it does");
    }
}

#[test]
fn services_shows_that_retries_do_not_multiply_from_one_to_the_next() {
    let (_, text) = run("services", &[]);
    let said = text
        .lines()
        .filter(|line| line.starts_with("stock: attempt"));
    assert_eq!(said.count(), 5, "{text}");
    assert!(
        text.ends_with(
            "with UpstreamLayer: 1 at gateway, 1 at orders, 5 at stock\n\
            without: 5 at gateway, 25 at orders, 125 at stock\n"
        ),
        "{text}"
    );
}

#[test]
fn download_continues_where_it_was_cut_off() {
    let (_, text) = run("download", &[]);
    let expected = "attempt 1 ended after 3145728 bytes\n\
        attempt 2 ended after 6291456 bytes\n\
        downloaded 8388608 bytes\n";
    assert_eq!(text, expected);
}
