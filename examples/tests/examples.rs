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
        "api_client",
        "backup",
        "connection",
        "fetch",
        "handler",
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
    assert!(text.starts_with(expected), "{text}");
}

/// The first URL works, the second is busy for a minute, and the third is never requested.
#[cfg(unix)]
#[test]
fn fetch_stops_at_once_on_an_interrupt_and_says_what_was_not_done() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    use retryable::http::testing::{Server, reply};

    let busy = reply(503).header("retry-after", "60");
    let server = Server::script([reply(200).body("one"), busy]);
    let mut fetch = Command::new(example("fetch"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example starts");
    let url = server.url();
    let mut list = fetch.stdin.take().expect("it is a pipe");
    write!(list, "{url}/a\n{url}/b\n{url}/c\n").expect("the example reads its list");
    drop(list);

    let mut output = BufReader::new(fetch.stdout.take().expect("it is a pipe"));
    let mut line = String::new();
    while !line.contains("waiting") {
        line.clear();
        let length = output.read_line(&mut line).expect("the output is text");
        assert_ne!(length, 0, "the example ended before its wait");
    }
    // Long enough for the progress line to count down.
    std::thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    let id = fetch.id().to_string();
    let kill = Command::new("kill").args(["-INT", &id]).status();
    assert!(kill.expect("`kill` starts").success());
    let status = fetch.wait().expect("the example ends");
    assert!(begin.elapsed() < Duration::from_secs(10), "not at once");
    assert_eq!(status.code(), Some(130));

    let mut rest = String::new();
    output
        .read_to_string(&mut rest)
        .expect("the output is text");
    // Up to 10 % are added to what the server asks for.
    let countdown = rest.strip_prefix("interrupted (next attempt in ");
    let seconds = countdown.and_then(|text| text.split(' ').next()?.parse::<f32>().ok());
    assert!(
        seconds.is_some_and(|rest| (50.0..66.0).contains(&rest)),
        "{rest}"
    );
    assert!(
        rest.ends_with(&format!("not done:\n{url}/b\n{url}/c\n")),
        "{rest}"
    );
    server.finish();
}
