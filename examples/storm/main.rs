//! A server goes down and comes back. How much load do its clients cause, depending on how they retry?
//!
//!     cargo run --release --example storm
//!     cargo run --release --example storm -- --clients 1000000 --out charts
//!
//! A discrete-event simulation that drives the real state machine with its own clock: nothing sleeps, and equal seeds
//! give equal numbers. It prints a table, and writes charts of load over time.

#[path = "../support/charts.rs"]
mod charts;
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

use policies::{Plan, plans};
use simulation::Outcome;

/// The settings of the simulation.
#[derive(Clone, Debug)]
struct Settings {
    clients: u32,
    /// Requests a second. Default: one and a half times the ordinary load.
    capacity: Option<f64>,
    layers: Vec<usize>,
    seed: u64,
    out: PathBuf,
}

const USAGE: &str =
    "storm [--clients N] [--capacity REQUESTS_A_SECOND] [--layers 1|2|3] [--seed N] [--out FOLDER]";

impl Settings {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut settings = Self {
            clients: 10_000,
            capacity: None,
            layers: vec![1, 2, 3],
            seed: 1,
            out: PathBuf::from("target/charts"),
        };
        while let Some(argument) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            match argument.as_str() {
                "--clients" => settings.clients = value.parse()?,
                "--capacity" => settings.capacity = Some(value.parse()?),
                "--layers" => settings.layers = vec![value.parse()?],
                "--seed" => settings.seed = value.parse()?,
                "--out" => settings.out = value.into(),
                _ => return Err(USAGE.into()),
            }
        }
        let layers_fit = settings
            .layers
            .iter()
            .all(|layers| (1..=3).contains(layers));
        let capacity_fits = settings.capacity.is_none_or(|capacity| capacity >= 1.0);
        if settings.clients == 0 || !layers_fit || !capacity_fits {
            return Err(USAGE.into());
        }
        Ok(settings)
    }

    fn capacity(&self) -> f64 {
        let ordinary = f64::from(self.clients) / client::PAUSE.as_secs_f64();
        self.capacity.unwrap_or(ordinary * 1.5).max(1.0)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_arguments(std::env::args().skip(1))?;
    let plans: Vec<Plan> = settings
        .layers
        .iter()
        .flat_map(|&layers| plans(layers))
        .collect();
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
