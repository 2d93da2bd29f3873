//! The table, and the charts.

use std::error::Error;

use retryable::Nested;
use simulations::{Chart, Line};

use crate::Settings;
use crate::policies::{Plan, Way};
use crate::server::DOWN;
use crate::simulation::{END, Outcome, STEP};

pub(crate) fn print(settings: &Settings, plans: &[Plan], outcomes: &[Outcome]) {
    println!(
        "{} clients, a server for {:.0} requests a second, down from {} s to {} s of {} s, seed {}\n",
        settings.clients,
        settings.capacity(),
        DOWN.start / 1000,
        DOWN.end / 1000,
        END / 1000,
        settings.seed,
    );
    println!(
        "layers  nested    policy                   peak load  while down  extra work  recovery  succeeded"
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
            "{:>6}  {nested:<8}  {:<23}  {:>8.1}x  {:>9.1}x  {:>9.1}%  {recovery:>8}  {:>8.1}%",
            plan.layers,
            plan.way.name(),
            outcome.peak() / settings.capacity(),
            outcome.while_down() / settings.capacity(),
            outcome.extra() * 100.0,
            outcome.succeeded() * 100.0,
        );
    }
}

/// Writes a chart for each number of layers; with several layers, one for layers that know of each other, and one for
/// layers that do not.
pub(crate) fn draw(
    settings: &Settings,
    plans: &[Plan],
    outcomes: &[Outcome],
) -> Result<(), Box<dyn Error>> {
    let runs: Vec<_> = plans.iter().zip(outcomes).collect();
    for runs in runs
        .chunk_by(|(one, _), (other, _)| (one.layers, one.nested) == (other.layers, other.nested))
    {
        let (layers, nested) = (runs[0].0.layers, runs[0].0.nested);
        let (title, name) = match (layers, nested) {
            (1, _) => ("one layer of retries".to_owned(), "storm-1".to_owned()),
            (_, Nested::Multiply) => (
                format!("{layers} layers, nested = \"multiply\""),
                format!("storm-{layers}-multiply"),
            ),
            _ => (
                format!("{layers} layers, nested = \"stop\""),
                format!("storm-{layers}-stop"),
            ),
        };
        let line = |(plan, outcome): &(&Plan, &Outcome)| Line {
            name: plan.way.name(),
            points: points(outcome, settings.capacity()),
        };
        let chart = Chart {
            title: &format!("Load on a server that is down for 10 s: {title}"),
            x: "seconds",
            y: "requests over capacity",
            log_from: Some(0.1),
            lines: runs.iter().map(line).collect(),
        };
        chart.write(&settings.out, &name)?;
    }
    compare(settings, &runs)?;
    println!("\ncharts: {}", settings.out.display());
    Ok(())
}

/// Writes the chart of the README: three layers as most programs have them, and as they are by default here with a
/// budget.
fn compare(settings: &Settings, runs: &[(&Plan, &Outcome)]) -> Result<(), Box<dyn Error>> {
    let find = |way, nested| {
        let wanted = |plan: &Plan| plan.layers == 3 && plan.way == way && plan.nested == nested;
        runs.iter().find(|(plan, _)| wanted(plan))
    };
    let with = find(Way::Budget, Nested::Stop);
    let (Some((_, without)), Some((_, with))) = (find(Way::FullJitter, Nested::Multiply), with)
    else {
        return Ok(());
    };
    let line = |name, outcome| Line {
        name,
        points: points(outcome, settings.capacity()),
    };
    let chart = Chart {
        title: "Load on a server that is down from 10 s to 20 s",
        x: "seconds",
        y: "requests over capacity",
        log_from: Some(0.1),
        lines: vec![
            line("backoff and jitter alone", without),
            line("layers stop, budget 10%", with),
        ],
    };
    chart.write(&settings.out, "storm-with-and-without")
}

/// Returns the points of a line: seconds, and load over capacity.
fn points(outcome: &Outcome, capacity: f64) -> Vec<(f64, f64)> {
    let seconds = f64::from(STEP) / 1000.0;
    let steps = (0_u32..).zip(&outcome.load);
    steps
        .map(|(step, &hits)| {
            (
                f64::from(step) * seconds,
                f64::from(hits) / seconds / capacity,
            )
        })
        .collect()
}
