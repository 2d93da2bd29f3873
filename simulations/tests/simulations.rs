//! The simulations show what the guide says of them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// Runs a simulation, in the folder of the documents.
fn start(name: &str, arguments: &[&str]) -> Output {
    let path = match name {
        "storm" => env!("CARGO_BIN_EXE_storm"),
        _ => env!("CARGO_BIN_EXE_jitter"),
    };
    let output = Command::new(path)
        .args(arguments)
        .current_dir(FOLDER)
        .output();
    output.expect("the simulation starts")
}

/// What a simulation prints.
fn run(name: &str, arguments: &[&str]) -> String {
    let output = start(name, arguments);
    assert!(output.status.success(), "{name} failed: {output:?}");
    assert!(output.stderr.is_empty(), "no bar without a terminal");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What `storm` says of a document.
fn complaint(argument: &str) -> String {
    let output = start("storm", &["--policy", argument]);
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn document(name: &str, text: &str) {
    fs::write(PathBuf::from(FOLDER).join(name), text).expect("the folder can be written");
}

/// What a simulation prints, and that its charts are there. It writes into its own folder.
fn simulate(name: &str, arguments: &[&str], charts: &[&str]) -> String {
    let folder = PathBuf::from(FOLDER).join(name);
    let out = folder.to_str().expect("a path in UTF-8");
    let text = run(name, &[arguments, &["--out", out]].concat());
    for chart in charts {
        let svg = fs::read_to_string(folder.join(chart).with_extension("svg"));
        assert!(svg.expect("an SVG").contains("</svg>"), "{chart}");
        let png = fs::read(folder.join(chart).with_extension("png"));
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
fn storm_shows_that_the_bursts_of_many_processes_add_up() {
    let extra = |processes| {
        let arguments = [
            "--clients",
            "1000",
            "--layers",
            "1",
            "--processes",
            processes,
        ];
        let table = run("storm", &arguments);
        let count = format!("1000 clients in {processes} processes");
        assert!(table.contains(&count), "{table}");
        let row = row(&table, "1            full jitter, budget 10%");
        row[2]
            .trim_end_matches('%')
            .parse::<f64>()
            .expect("a share")
    };
    let (few, all) = (extra("10"), extra("1000"));
    assert!(few < 10.0, "a burst of 10 in each of 10 processes: {few}");
    assert!(all > 50.0, "a burst of 10 for each client: {all}");
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

#[test]
fn help_is_printed_and_bad_settings_are_named() {
    for name in ["storm", "jitter"] {
        let help = run(name, &["--help"]);
        assert!(help.contains("--clients <N>"), "{help}");
    }
    let output = start("storm", &["--layers", "4"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && text.contains("4 is not in 1..=3"),
        "{text}"
    );
    let output = start("storm", &["--outage", "10"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains(r#"write a time from "1s" to "10m""#),
        "{text}"
    );
}

/// The extra work and the calls that succeeded, in percent, of the row of a policy.
fn shares(table: &str, policy: &str) -> (f64, f64) {
    let row = table.lines().find(|line| line.contains(policy));
    let row = row.unwrap_or_else(|| panic!("{policy:?} is missing in\n{table}"));
    let mut shares = row.split_whitespace().filter_map(|cell| {
        let share = cell.strip_suffix('%')?;
        share.parse().ok()
    });
    let mut next = || shares.next().expect("two shares");
    (next(), next())
}

#[test]
fn storm_compares_the_policies_of_documents() {
    document("eager.toml", "max = 6\nbase = \"500ms\"\n");
    document(
        "app.toml",
        "name = \"shop\"\n[retry.orders]\nmax = 6\nbase = \"500ms\"\nbudget = \"10%\"\n",
    );
    let arguments = [
        "--policy",
        "eager.toml",
        "--policy",
        "app.toml#retry.orders",
        "--clients",
        "1000",
        "--outage",
        "5s",
    ];
    let table = simulate("storm", &arguments, &["storm-policies-1"]);
    assert!(table.contains("down from 10 s to 15 s of 45 s"), "{table}");
    let without = shares(&table, "without retries");
    let eager = shares(&table, "eager.toml");
    let budget = shares(&table, "app.toml#retry.orders");
    assert!(without.0 < 0.01 && eager.0 > 50.0, "{table}");
    assert!(eager.1 > without.1, "{table}");
    assert!(
        (0.1..15.0).contains(&budget.0),
        "each process has its own budget\n{table}"
    );

    let layers = run("storm", &[&arguments[..], &["--layers", "3"]].concat());
    assert!(layers.contains("3  stop      eager.toml"), "{layers}");
}

#[test]
fn storm_ends_calls_at_the_limits_of_their_policies() {
    document("none.toml", "max = 9\nbase = \"1s\"\n");
    document(
        "deadline.toml",
        "max = 9\nbase = \"1s\"\ndeadline = \"3s\"\n",
    );
    document(
        "elapsed.toml",
        "max = 9\nbase = \"1s\"\nmax_elapsed = \"3s\"\n",
    );
    document(
        "timeout.toml",
        "max = 9\nbase = \"1s\"\nattempt_timeout = \"5ms\"\n",
    );
    for layers in ["1", "2"] {
        let table = run(
            "storm",
            &[
                "--clients",
                "300",
                "--layers",
                layers,
                "--policy",
                "none.toml",
                "--policy",
                "deadline.toml",
                "--policy",
                "elapsed.toml",
                "--policy",
                "timeout.toml",
            ],
        );
        let none = shares(&table, "none.toml");
        for limited in ["deadline.toml", "elapsed.toml"] {
            let limited = shares(&table, limited);
            assert!(limited.0 < none.0 && limited.1 < none.1, "{table}");
        }
        let timeout = shares(&table, "timeout.toml");
        assert!(timeout.1 < 0.1, "a response takes 10 ms\n{table}");
    }
}

/// The first text between `begin` and `end`, and the rest.
fn cut<'a>(text: &'a str, begin: &str, end: &str) -> Option<(&'a str, &'a str)> {
    let (_, text) = text.split_once(begin)?;
    text.split_once(end)
}

#[test]
fn the_page_choosing_settings_has_the_table_of_its_documents() {
    let page = include_str!("../../docs/choosing-settings.md");
    let mut rest = page;
    while let Some((block, after)) = cut(rest, "```toml\n# ", "```") {
        let (name, text) = block.split_once('\n').expect("a name and settings");
        document(name, text);
        rest = after;
    }
    let (command, rest) = cut(rest, "--bin storm -- ", "```").expect("a command");
    let (table, _) = cut(rest, "```text\n", "```").expect("a table");
    let arguments: Vec<_> = command
        .split_whitespace()
        .filter(|word| *word != "\\")
        .collect();
    let printed = simulate("storm", &arguments, &["storm-policies-1"]);
    assert!(
        printed.starts_with(table),
        "the page has\n{table}\nnot\n{printed}"
    );
}

#[test]
fn mistakes_in_a_document_name_the_file_and_the_field() {
    let text = complaint("missing.toml");
    assert!(text.contains("missing.toml"), "{text}");
    assert!(text.contains("cannot read it"), "{text}");

    document("syntax.toml", "max = 3\nbase = = 2\n");
    let text = complaint("syntax.toml");
    assert!(
        text.contains("syntax.toml") && text.contains("line 2"),
        "{text}"
    );

    document("mistakes.toml", "max = 0\nbase = 50\nbudgett = \"10%\"\n");
    let text = complaint("mistakes.toml");
    for part in [
        "mistakes.toml",
        "`max` counts the first call too",
        "`base` needs a unit",
        "did you mean `budget`?",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }

    document("conflict.toml", "base = \"1m\"\n");
    let text = complaint("conflict.toml");
    assert!(text.contains("`base`") && text.contains("cap"), "{text}");

    document("larger.toml", "port = 80\n[retry]\nmax = 5\n");
    let text = complaint("larger.toml");
    assert!(
        text.contains("write `--policy larger.toml#retry`"),
        "{text}"
    );
    let text = complaint("larger.toml#retries");
    assert!(text.contains("there is no table `retries`"), "{text}");
    assert!(
        text.contains("write `--policy larger.toml#retry`"),
        "{text}"
    );
}
