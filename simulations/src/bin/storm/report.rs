//! The table, and the charts.

use std::error::Error;
use std::ops::Range;

use retryable::Nested;
use simulations::{Chart, Line};

use crate::Settings;
use crate::policies::Plan;
use crate::simulation::{Outcome, STEP};

pub(crate) fn print(settings: &Settings, plans: &[Plan], outcomes: &[Outcome]) {
    println!(
        "{} clients in {} processes, a server for {:.0} requests a second, down from {} s to {} s of {} s, seed {}\n",
        settings.clients,
        settings.processes(),
        settings.capacity(),
        seconds(settings.down().start),
        seconds(settings.down().end),
        seconds(settings.end()),
        settings.seed,
    );
    let names = plans.iter().map(|plan| plan.policy.name.chars().count());
    let width = names.max().unwrap_or(0).max(23);
    println!(
        "layers  nested    {:<width$}  peak load  while down  extra work  recovery  succeeded",
        "policy",
    );
    for (plan, outcome) in plans.iter().zip(outcomes) {
        let nested = match (plan.layers, plan.nested) {
            (1, _) => "",
            (_, Nested::Multiply) => "multiply",
            _ => "stop",
        };
        let recovery = match outcome.recovery() {
            Some(time) => format!("{} s", time.as_secs()),
            None => "never".to_owned(),
        };
        println!(
            "{:>6}  {nested:<8}  {:<width$}  {:>8.1}x  {:>9.1}x  {:>9.1}%  {recovery:>8}  {:>8.1}%",
            plan.layers,
            plan.policy.name,
            outcome.peak() / settings.capacity(),
            outcome.while_down() / settings.capacity(),
            outcome.extra() * 100.0,
            outcome.succeeded() * 100.0,
        );
    }
}

/// Writes a chart for each number of layers. With the policies of the guide and several layers, one for layers that
/// know of each other, and one for layers that do not.
pub(crate) fn draw(
    settings: &Settings,
    plans: &[Plan],
    outcomes: &[Outcome],
) -> Result<(), Box<dyn Error>> {
    let runs: Vec<_> = plans.iter().zip(outcomes).collect();
    for runs in runs.chunk_by(|(one, _), (other, _)| one.chart == other.chart) {
        let plan = runs[0].0;
        let chart = Chart {
            title: &format!(
                "Load on a server that is down for {} s: {}",
                seconds(settings.down().end - settings.down().start),
                plan.title,
            ),
            x: "seconds",
            y: "requests over capacity",
            log_from: Some(0.1),
            band: Some((down(settings), "the server is down")),
            lines: runs
                .iter()
                .map(|(plan, outcome)| Line {
                    name: &plan.policy.name,
                    points: points(outcome, settings.capacity()),
                })
                .collect(),
        };
        chart.write(&settings.out, &plan.chart)?;
    }
    if settings.policy.is_empty() {
        compare(settings, &runs)?;
    }
    println!("\ncharts: {}", settings.out.display());
    Ok(())
}

/// Writes the chart of the README: three layers as most programs have them, and as they are by default here with a
/// budget.
fn compare(settings: &Settings, runs: &[(&Plan, &Outcome)]) -> Result<(), Box<dyn Error>> {
    let find = |name, nested| {
        let wanted =
            |plan: &Plan| plan.layers == 3 && plan.policy.name == name && plan.nested == nested;
        runs.iter().find(|(plan, _)| wanted(plan))
    };
    let without = find("full jitter", Nested::Multiply);
    let with = find("full jitter, budget 10%", Nested::Stop);
    let (Some((_, without)), Some((_, with))) = (without, with) else {
        return Ok(());
    };
    let line = |name, outcome| Line {
        name,
        points: points(outcome, settings.capacity()),
    };
    let chart = Chart {
        title: &format!(
            "Load on a server that is down from {} s to {} s",
            seconds(settings.down().start),
            seconds(settings.down().end),
        ),
        x: "seconds",
        y: "requests over capacity",
        log_from: Some(0.1),
        band: Some((down(settings), "the server is down")),
        lines: vec![
            line("backoff and jitter alone", without),
            line("layers stop, budget 10%", with),
        ],
    };
    chart.write(&settings.out, "storm-with-and-without")
}

/// When the server is down, in seconds.
fn down(settings: &Settings) -> Range<f64> {
    let Range { start, end } = settings.down();
    seconds(start)..seconds(end)
}

fn seconds(millis: u32) -> f64 {
    f64::from(millis) / 1000.0
}

/// Returns the points of a line: seconds, and load over capacity.
fn points(outcome: &Outcome, capacity: f64) -> Vec<(f64, f64)> {
    let step_seconds = seconds(STEP);
    let steps = (0_u32..).zip(&outcome.load);
    steps
        .map(|(step, &hits)| {
            (
                f64::from(step) * step_seconds,
                f64::from(hits) / step_seconds / capacity,
            )
        })
        .collect()
}
