//! The experiment of "Exponential Backoff and Jitter" (Marc Brooker, AWS Architecture Blog, 2015):
//! clients contend to write one row under optimistic concurrency, and back off when they lose.
//!
//!     cargo run --release --example jitter
//!
//! All clients begin at once. Each reads the row's version, and writes with that version. If another write has changed
//! the row in between, the write fails, and its client waits and starts again. Every message takes
//! |Normal(10 ms, 2 ms)|. The real state machine computes the waits, on the clock of the simulation; nothing sleeps.
//! The program prints the number of writes and the time until the last client is done, and draws both over the number
//! of clients.

#[path = "../support/charts.rs"]
mod charts;
mod contention;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use charts::{Chart, Line};
use contention::Contest;
use retryable::{Backoff, Decorrelated, Exponential, Jitter, NoDelay};

const BASE: Duration = Duration::from_millis(5);
const CAP: Duration = Duration::from_secs(2);

/// The window in the article is `min(cap, 2^n * base)` with n counted from 1, so the first window is twice the base.
/// The first window of `Exponential` is its base.
const EXPONENTIAL: Exponential = Exponential::new(BASE.saturating_mul(2)).cap(CAP);

fn strategies() -> [(&'static str, Box<dyn Backoff>); 5] {
    [
        ("none", Box::new(NoDelay)),
        ("exponential", Box::new(EXPONENTIAL.jitter(Jitter::None))),
        ("equal jitter", Box::new(EXPONENTIAL.jitter(Jitter::Equal))),
        ("full jitter", Box::new(EXPONENTIAL.jitter(Jitter::Full))),
        // As in the article, draws from `base..3 * previous`, and starts with `previous = base`.
        ("decorrelated", Box::new(Decorrelated::new(BASE).cap(CAP))),
    ]
}

struct Settings {
    /// The maximum number of clients, and the step from 10 on.
    clients: u32,
    repetitions: u32,
    seed: u64,
    out: PathBuf,
}

const USAGE: &str = "jitter [--clients N] [--repetitions N] [--seed N] [--out FOLDER]";

impl Settings {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut settings = Self {
            clients: 190,
            repetitions: 100,
            seed: 1,
            out: PathBuf::from("target/charts"),
        };
        while let Some(argument) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            match argument.as_str() {
                "--clients" => settings.clients = value.parse()?,
                "--repetitions" => settings.repetitions = value.parse()?,
                "--seed" => settings.seed = value.parse()?,
                "--out" => settings.out = value.into(),
                _ => return Err(USAGE.into()),
            }
        }
        if settings.clients < 10 || settings.repetitions == 0 {
            return Err(USAGE.into());
        }
        Ok(settings)
    }
}

/// The means over all repetitions, by the number of clients.
struct Curve {
    name: &'static str,
    calls: Vec<(f64, f64)>,
    /// The completion time, in milliseconds.
    time: Vec<(f64, f64)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_arguments(std::env::args().skip(1))?;
    fastrand::seed(settings.seed);
    let curves = strategies().map(|(name, backoff)| curve(&settings, name, &*backoff));

    println!(
        "means of {} repetitions, seed {}",
        settings.repetitions, settings.seed
    );
    print("number of calls", &curves, |curve| &curve.calls);
    print("completion time, ms", &curves, |curve| &curve.time);
    draw(&settings, &curves)
}

fn curve(settings: &Settings, name: &'static str, backoff: &dyn Backoff) -> Curve {
    let (mut calls, mut time) = (Vec::new(), Vec::new());
    for clients in (10..=settings.clients).step_by(10) {
        let (mut all_calls, mut all_time) = (0.0, 0.0);
        for _ in 0..settings.repetitions {
            let contest = Contest::run(clients, backoff);
            all_calls += f64::from(contest.writes);
            all_time += contest.time.as_secs_f64() * 1000.0;
        }
        let repetitions = f64::from(settings.repetitions);
        calls.push((f64::from(clients), all_calls / repetitions));
        time.push((f64::from(clients), all_time / repetitions));
    }
    Curve { name, calls, time }
}

fn print(title: &str, curves: &[Curve], of: impl Fn(&Curve) -> &Vec<(f64, f64)>) {
    println!("\n{title}\n");
    print!("clients");
    for curve in curves {
        print!("  {:>12}", curve.name);
    }
    println!();
    for (row, (clients, _)) in of(&curves[0]).iter().enumerate() {
        print!("{clients:>7}");
        for curve in curves {
            print!("  {:>12.0}", of(curve)[row].1);
        }
        println!();
    }
}

fn draw(settings: &Settings, curves: &[Curve]) -> Result<(), Box<dyn Error>> {
    let chart = |title, y, of: fn(&Curve) -> &Vec<(f64, f64)>| Chart {
        title,
        x: "competing clients",
        y,
        log_from: None,
        legend: charts::Legend::UpperLeft,
        lines: curves
            .iter()
            .map(|curve| Line {
                name: curve.name,
                points: of(curve).clone(),
            })
            .collect(),
    };
    chart("Calls until every client has written", "calls", |curve| {
        &curve.calls
    })
    .write(&settings.out, "jitter-calls")?;
    chart(
        "Time until every client has written",
        "milliseconds",
        |curve| &curve.time,
    )
    .write(&settings.out, "jitter-time")?;
    println!("\ncharts: {}", settings.out.display());
    Ok(())
}
