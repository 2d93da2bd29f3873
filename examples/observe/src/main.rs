//! What an operator sees of an outage: the log, the metrics as Prometheus reads them, and a chart of the queries of the
//! page "Observing".
//!
//!     cargo run -p observe
//!
//! The chart of that page is written by
//!
//!     cargo run -p observe -- --out docs/charts
//!
//! Six minutes, under a virtual clock and with a seed: each run has the same numbers.

mod chart;
mod log;
mod page;
mod stock;

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::time::sleep;

use page::Totals;
use stock::{Stock, level};

const CALLS_PER_SECOND: u64 = 20;
/// How many seconds are between two readings of the page.
const INTERVAL: u64 = 10;

struct Phase {
    name: &'static str,
    /// How many of a hundred requests fail.
    failing: u32,
    seconds: u64,
}

const PHASES: [Phase; 4] = [
    Phase {
        name: "healthy",
        failing: 0,
        seconds: 60,
    },
    Phase {
        name: "faults",
        failing: 5,
        seconds: 100,
    },
    Phase {
        name: "outage",
        failing: 100,
        seconds: 100,
    },
    Phase {
        name: "after",
        failing: 0,
        seconds: 100,
    },
];

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    let out = match &env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => None,
        [key, folder] if key == "--out" => Some(PathBuf::from(folder)),
        _ => return Err("observe [--out FOLDER]".into()),
    };
    fastrand::seed(1);
    log::install()?;
    let page = page::install()?;

    let stock = Arc::new(Stock::default());
    let mut samples = vec![Totals::default()];
    for phase in &PHASES {
        stock.failing.store(phase.failing, Relaxed);
        let before = (samples.last().copied(), stock.requests.load(Relaxed));
        for _ in 0..phase.seconds / INTERVAL {
            traffic(&stock).await;
            samples.push(Totals::read(&page.render()));
        }
        let after = samples.last().copied().unwrap_or_default();
        let requests = stock.requests.load(Relaxed) - before.1;
        print(phase, after.since(before.0.unwrap_or_default()), requests);
    }

    println!("== the page");
    // A socket needs real time.
    tokio::time::resume();
    println!("{}", page::fetch(page).await?);
    if let Some(folder) = out {
        chart::write(&folder, &samples)?;
    }
    Ok(())
}

/// Calls the service until the next reading of the page.
async fn traffic(stock: &Arc<Stock>) {
    for _ in 0..INTERVAL * CALLS_PER_SECOND {
        let stock = stock.clone();
        tokio::spawn(async move {
            let _ = level(&stock).await;
        });
        sleep(Duration::from_millis(1000 / CALLS_PER_SECOND)).await;
    }
}

fn print(phase: &Phase, seen: Totals, requests: u32) {
    println!(
        "== {}: {} % of requests fail for {} s",
        phase.name, phase.failing, phase.seconds
    );
    println!(
        "{} calls, {requests} requests, {:.1} % of them retries; {:.1} % of calls saved by a retry",
        seen.calls,
        seen.retry_ratio(),
        seen.saved_ratio(),
    );
    println!(
        "gave up: {} with their attempts used up, {} for an empty budget",
        seen.exhausted, seen.over_budget,
    );
    let log = log::taken();
    for level in ["DEBUG", "INFO", "WARN"] {
        let lines = || {
            log.lines()
                .filter(|line| line.trim_start().starts_with(level))
        };
        println!("{level}: {} lines", lines().count());
        if let Some(first) = lines().next() {
            println!("   {}", first.trim_start());
        }
    }
    println!();
}
