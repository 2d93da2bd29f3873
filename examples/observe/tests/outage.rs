//! The example shows what the page "Observing" says.

use std::path::Path;
use std::process::Command;
use std::str::FromStr;

fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_observe"))
        .args(arguments)
        .output();
    let output = output.expect("the example starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The phases, and the page.
fn parts(text: &str) -> [&str; 5] {
    let parts: Vec<_> = text.split("== ").skip(1).collect();
    parts.try_into().expect("four phases and the page")
}

/// The number before this word, in a line of a phase.
#[track_caller]
fn number<T: FromStr>(phase: &str, word: &str) -> T {
    let at = phase
        .find(word)
        .unwrap_or_else(|| panic!("{word:?} is missing in\n{phase}"));
    let before = phase[..at].trim_end().rsplit([' ', '\n']).next();
    let number = before.and_then(|word| word.parse().ok());
    number.unwrap_or_else(|| panic!("{before:?} is no number"))
}

#[test]
fn the_log_and_the_metrics_show_an_outage_and_the_recovery() {
    let text = run(&[]);
    let [healthy, faults, outage, after, page] = parts(&text);

    for quiet in [healthy, after] {
        for level in ["DEBUG", "INFO", "WARN"] {
            assert!(quiet.contains(&format!("{level}: 0 lines\n")), "{quiet}");
        }
        assert_eq!(number::<String>(quiet, "% of them retries"), "0.0");
    }

    assert!(faults.contains("\n   DEBUG retryable::retry: retry.name=\"stock\""));
    assert!(faults.contains("\n   INFO retryable::recovered: retry.name=\"stock\""));
    assert!(faults.contains("WARN: 0 lines\n"), "{faults}");
    assert!((4.0..6.0).contains(&number::<f64>(faults, "% of calls saved by a retry")));

    assert!(outage.contains("INFO: 0 lines\n"), "{outage}");
    assert!(outage.contains("WARN: 2000 lines\n"), "{outage}");
    assert!(outage.contains("\n   WARN retryable::give_up: retry.name=\"stock\""));
    // The budget has a tenth of the calls, and fifty retries to begin with.
    let [calls, requests]: [u32; 2] = [number(outage, "calls,"), number(outage, "requests,")];
    assert!(requests - calls <= calls / 10 + 50, "{outage}");
    let [exhausted, over_budget]: [u32; 2] = [
        number(outage, "with their attempts used up"),
        number(outage, "for an empty budget"),
    ];
    assert_eq!(exhausted + over_budget, calls, "{outage}");
    assert!(exhausted < 20, "{outage}");

    for line in [
        "# TYPE retryable_calls_total counter\n".to_owned(),
        "# HELP retryable_give_ups_total Calls that gave up, by reason\n".to_owned(),
        format!("\nretryable_give_ups_total{{name=\"stock\",reason=\"budget\"}} {over_budget}\n"),
        format!("\nretryable_give_ups_total{{name=\"stock\",reason=\"exhausted\"}} {exhausted}\n"),
        "\nretryable_attempts_bucket{name=\"stock\",le=\"4\"} ".to_owned(),
        "\nretryable_wait_seconds_sum{name=\"stock\"} ".to_owned(),
    ] {
        assert!(page.contains(&line), "{line:?} is missing in\n{page}");
    }
}

#[test]
fn the_chart_in_the_guide_is_that_of_the_example() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    run(&["--out", folder.to_str().expect("a path in UTF-8")]);
    let drawn = std::fs::read_to_string(folder.join("observe.svg")).expect("an SVG");
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/charts/observe.svg");
    let guide = std::fs::read_to_string(guide).expect("the chart of the guide");
    assert!(
        drawn == guide,
        "the chart has changed: `cargo run -p observe -- --out docs/charts`"
    );
    let png = std::fs::read(folder.join("observe.png")).expect("a PNG");
    assert!(png.starts_with(b"\x89PNG"));
}
