//! The experiment of "Exponential Backoff and Jitter" (Marc Brooker, AWS Architecture Blog, 2015):
//! clients contend to write one row under optimistic concurrency, and back off when they lose.
//!
//!     cargo run --release -p simulations --bin jitter
//!
//! All clients begin at once. Each reads the row's version, and writes with that version. If another write has changed
//! the row in between, the write fails, and its client waits and starts again. Every message takes
//! |Normal(10 ms, 2 ms)|. The real state machine computes the waits, on the clock of the simulation; nothing sleeps.
//! The program prints the number of writes and the time until the last client is done, and draws both over the number
//! of clients.

mod contention;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, value_parser};
use contention::Contest;
use retryable::{Backoff, Decorrelated, Exponential, Jitter, NoDelay};
use simulations::{Chart, Line};

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

/// Clients contend to write one row, and back off when they lose: how many writes it takes, by their jitter
#[derive(Debug, Parser)]
#[command(name = "jitter")]
struct Settings {
    /// The largest number of clients: 10, 20 and so on, up to this
    #[arg(long, value_name = "N", default_value_t = 190, value_parser = value_parser!(u32).range(10..))]
    clients: u32,
    /// How often each contest is repeated, for the mean
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    repetitions: u32,
    /// Where random numbers start: equal seeds give equal numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The folder for the charts
    #[arg(long, value_name = "FOLDER", default_value = "target/charts")]
    out: PathBuf,
}

/// The means over all repetitions, by the number of clients.
struct Curve {
    name: &'static str,
    calls: Vec<(f64, f64)>,
    /// The completion time, in milliseconds.
    time: Vec<(f64, f64)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
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
    let chart = |title, y, log_from, of: fn(&Curve) -> Vec<(f64, f64)>| Chart {
        title,
        x: "competing clients",
        y,
        log_from,
        band: None,
        lines: curves
            .iter()
            .map(|curve| Line {
                name: curve.name,
                points: of(curve),
            })
            .collect(),
    };
    let calls = chart(
        "Calls until every client has written",
        "calls",
        None,
        |curve| curve.calls.clone(),
    );
    calls.write(&settings.out, "jitter-calls")?;
    // Without jitter, exponential backoff takes so long that a linear axis would show the others as one line.
    let title = "Time until every client has written";
    let time = chart(title, "seconds", Some(0.1), |curve| {
        let time = curve.time.iter();
        time.map(|&(clients, millis)| (clients, millis / 1000.0))
            .collect()
    });
    time.write(&settings.out, "jitter-time")?;
    println!("\ncharts: {}", settings.out.display());
    Ok(())
}
