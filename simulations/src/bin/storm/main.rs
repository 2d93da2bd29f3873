//! A server goes down and comes back. How much load do its clients cause, depending on how they retry?
//!
//!     cargo run --release -p simulations --bin storm
//!     cargo run --release -p simulations --bin storm -- --clients 1000000 --out charts
//!     cargo run -p simulations --bin storm -- --help
//!
//! A discrete-event simulation that drives the real state machine with its own clock: nothing sleeps, and equal seeds
//! give equal numbers. It prints a table, and writes charts of load over time.

mod client;
mod events;
mod policies;
mod report;
mod server;
mod simulation;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use clap::{Parser, value_parser};
use policies::{Plan, plans};
use simulation::Outcome;

/// A server goes down and comes back: the load that its clients cause, by how they retry
#[derive(Clone, Debug, Parser)]
#[command(name = "storm")]
struct Settings {
    /// How many clients call the server
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u32).range(1..))]
    clients: u32,
    /// Requests a second that the server can process; by default one and a half times the ordinary load
    #[arg(long, value_name = "REQUESTS", value_parser = requests)]
    capacity: Option<f64>,
    /// How many layers retry, one around the other, from 1 to 3; by default 1, then 2, then 3
    #[arg(long, value_name = "N", value_parser = value_parser!(u8).range(1..=3))]
    layers: Option<u8>,
    /// Where random numbers start: equal seeds give equal numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The folder for the charts
    #[arg(long, value_name = "FOLDER", default_value = "target/charts")]
    out: PathBuf,
}

fn requests(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(requests) if requests >= 1.0 && f64::is_finite(requests) => Ok(requests),
        _ => Err("write a number of requests a second, 1 or more".to_owned()),
    }
}

impl Settings {
    fn capacity(&self) -> f64 {
        let ordinary = f64::from(self.clients) / client::PAUSE.as_secs_f64();
        self.capacity.unwrap_or(ordinary * 1.5).max(1.0)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    let layers = settings.layers.map_or(1..=3, |layers| layers..=layers);
    let plans: Vec<Plan> = layers.flat_map(|layers| plans(layers.into())).collect();
    let outcomes = run_all(&settings, &plans);
    report::print(&settings, &plans, &outcomes);
    report::draw(&settings, &plans, &outcomes)
}

/// Runs every plan separately, as many at once as there are cores.
fn run_all(settings: &Settings, plans: &[Plan]) -> Vec<Outcome> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let outcomes = Mutex::new(Vec::new());
    let next = Mutex::new(plans.iter().enumerate());
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let Some((place, plan)) = next.lock().expect("no thread panics").next() else {
                        return;
                    };
                    let outcome = simulation::run(settings, plan);
                    outcomes
                        .lock()
                        .expect("no thread panics")
                        .push((place, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("no thread panics");
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
