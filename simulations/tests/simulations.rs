//! The simulations show what the guide says of them.

use std::path::PathBuf;
use std::process::Command;

/// Runs a simulation.
fn run(name: &str, arguments: &[&str]) -> String {
    let path = match name {
        "storm" => env!("CARGO_BIN_EXE_storm"),
        _ => env!("CARGO_BIN_EXE_jitter"),
    };
    let output = Command::new(path).args(arguments).output();
    let output = output.expect("the simulation starts");
    assert!(output.status.success(), "{name} failed: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a simulation prints, and that its charts are there. It writes into its own folder.
fn simulate(name: &str, arguments: &[&str], charts: &[&str]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let out = folder.to_str().expect("a path in UTF-8");
    let text = run(name, &[arguments, &["--out", out]].concat());
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

#[test]
fn help_is_printed_and_bad_settings_are_named() {
    for name in ["storm", "jitter"] {
        let help = run(name, &["--help"]);
        assert!(help.contains("--clients <N>"), "{help}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_storm"))
        .args(["--layers", "4"])
        .output()
        .expect("the simulation starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && text.contains("4 is not in 1..=3"),
        "{text}"
    );
}
