//! Every example runs, and does what it says. A separate binary: the others pass without the examples built.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

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
fn quickstart_shows_each_attempt_its_class_its_rule_and_the_outcome() {
    let start = Instant::now();
    let (_, timeline) = run("quickstart", &[]);
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

/// `write_all` may have written a part before it fails, so repeating it sends that part twice.
#[test]
fn the_readme_does_not_repeat_a_write_that_may_be_half_done() {
    let readme = include_str!("../README.md");
    let loops = readme
        .split("```")
        .filter(|block| block.contains(".again("));
    assert!(loops.clone().count() > 0, "the README shows a loop");
    for block in loops {
        assert!(!block.contains("write_all"), "{block}");
    }
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
fn observe_shows_an_outage_and_the_recovery() {
    let (_, text) = run("observe", &[]);
    let parts: Vec<_> = text.split("== ").collect();
    let [_, healthy, faults, outage, after, totals] = parts[..] else {
        panic!("five parts in\n{text}");
    };
    let count = |part: &str, word: &str| part.matches(word).count();
    assert_eq!(count(healthy, "retryable::"), 0, "{text}");
    assert_eq!(count(faults, "DEBUG retryable::retry: "), 2, "{text}");
    assert_eq!(count(faults, "INFO retryable::recovered: "), 1, "{text}");
    assert_eq!(count(outage, "WARN retryable::give_up: "), 10, "{text}");
    assert_eq!(count(outage, "retry.reason=\"exhausted\""), 2, "{text}");
    assert_eq!(count(outage, "retry.reason=\"budget\""), 8, "{text}");
    assert_eq!(count(after, "WARN"), 0, "{text}");
    assert!(
        totals.contains("retryable_give_ups_total{name=\"stock\",reason=\"budget\"} 8\n"),
        "{text}"
    );
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

/// What a simulation prints, and that its charts are there. It writes into its own folder.
fn simulate(name: &str, arguments: &[&str], charts: &[&str]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let out = folder.to_str().expect("a path in UTF-8");
    let (_, text) = run(name, &[arguments, &["--out", out]].concat());
    for chart in charts {
        let svg = std::fs::read_to_string(folder.join(chart).with_extension("svg"));
        assert!(svg.expect("an SVG").contains("</svg>"), "{chart}");
        let png = std::fs::read(folder.join(chart).with_extension("png"));
        assert!(png.expect("a PNG").starts_with(b"\x89PNG"), "{chart}");
    }
    text
}

/// The row of a table that begins so, cut at its spaces.
fn row<'a>(table: &'a str, begin: &str) -> Vec<&'a str> {
    let mut rows = table.lines();
    let row = rows.find(|row| row.trim_start().starts_with(begin));
    let row = row.unwrap_or_else(|| panic!("{begin:?} is missing in\n{table}"));
    row.trim_start()[begin.len()..].split_whitespace().collect()
}

#[test]
fn storm_shows_what_budgets_and_nesting_save() {
    let charts = [
        "storm-1",
        "storm-2-multiply",
        "storm-3-multiply",
        "storm-3-stop",
    ];
    let table = simulate("storm", &["--clients", "1000"], &charts);
    let extra = |begin| {
        let row = row(&table, begin);
        row[2]
            .trim_end_matches('%')
            .parse::<f64>()
            .expect("a share")
    };
    assert!(extra("1            full jitter  ") > 80.0, "{table}");
    assert!(
        extra("1            full jitter, budget 10%") < 15.0,
        "{table}"
    );
    assert!(extra("3  multiply  full jitter  ") > 500.0, "{table}");
    assert!(extra("3  stop      full jitter  ") < 130.0, "{table}");
    assert!(
        extra("3  stop      full jitter, budget 10%") < 15.0,
        "{table}"
    );

    let again = simulate("storm", &["--clients", "1000"], &charts);
    assert_eq!(table, again, "equal seeds give equal numbers");
}

#[test]
fn jitter_shows_that_full_jitter_needs_the_fewest_calls() {
    let arguments = ["--clients", "60", "--repetitions", "5"];
    let tables = simulate("jitter", &arguments, &["jitter-calls", "jitter-time"]);
    let calls: Vec<f64> = row(&tables, "60")
        .iter()
        .map(|mean| mean.parse().unwrap())
        .collect();
    let [none, exponential, _, full, decorrelated] = calls[..] else {
        panic!("five strategies in\n{tables}");
    };
    assert!(full < 0.7 * exponential && exponential < none, "{tables}");
    assert!(
        full < decorrelated && decorrelated < exponential,
        "{tables}"
    );
}
