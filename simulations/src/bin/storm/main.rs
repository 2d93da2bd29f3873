//! A server goes down and comes back. How much load do its clients cause, depending on how they retry?
//!
//!     cargo run --release -p simulations --bin storm
//!     cargo run --release -p simulations --bin storm -- --clients 1000000 --out charts
//!     cargo run --release -p simulations --bin storm -- --policy retry.toml --outage 30s
//!     cargo run -p simulations --bin storm -- --help
//!
//! A discrete-event simulation that drives the real state machine with its own clock: nothing sleeps, and equal seeds
//! give equal numbers. It prints a table, and writes charts of load over time.

mod agenda;
mod client;
mod clock;
mod documents;
mod policies;
mod progress;
mod report;
mod server;
mod simulation;

use std::error::Error;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use clap::{Parser, value_parser};
use clock::millis;
use policies::{NamedPolicy, Plan, plans_of_documents, plans_of_the_guide};
use progress::Progress;
use simulation::{AFTER, DOWN, Outcome, STEP};

/// A server goes down and comes back: the load that its clients cause, by how they retry
#[derive(Clone, Debug, Parser)]
#[command(name = "storm", after_help = AFTER_HELP)]
struct Settings {
    /// A TOML document with the settings of a policy, or FILE#TABLE for one table of it; repeat it to compare several,
    /// with calls without retries in the first row; by default, the policies of the guide are compared
    #[arg(long, value_name = "FILE", value_parser = documents::read)]
    policy: Vec<NamedPolicy>,
    /// How many clients call the server
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u32).range(1..))]
    clients: u32,
    /// How many processes the clients are in; each has its own budget; by default one for every 100 clients
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    processes: Option<u32>,
    /// Requests a second that the server can process; by default one and a half times the ordinary load
    #[arg(long, value_name = "REQUESTS", value_parser = requests)]
    capacity: Option<f64>,
    /// How long the server is down, from 1s to 10m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = outage)]
    outage: Duration,
    /// How many layers retry, one around the other, from 1 to 3; by default 1 with --policy, else 1, then 2, then 3
    #[arg(long, value_name = "N", value_parser = value_parser!(u8).range(1..=3))]
    layers: Option<u8>,
    /// Where random numbers start: equal seeds give equal numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The folder for the charts
    #[arg(long, value_name = "FOLDER", default_value = "target/charts")]
    out: PathBuf,
}

/// How many clients share a process by default, and with it a budget.
const PROCESS: u32 = 100;

const AFTER_HELP: &str = "\
A document has the settings of `#[retryable]`, such as:

    max = 5
    base = \"200ms\"
    deadline = \"10s\"
    budget = \"20%\"

Each client makes a call every 20 s on average. The clients of a process share a budget. Requests may be repeated. \
A client waits 1 s for a response, or the `attempt_timeout` of its policy. The server sends no `Retry-After`.

The columns, with load in multiples of what the server can process:
  peak load   the highest load
  while down  the load while the server is down
  extra work  requests beyond one for each call
  recovery    from the server's return until it responds to 99 % of the requests, and continues to do so
  succeeded   the calls that succeeded";

fn outage(text: &str) -> Result<Duration, String> {
    let range = Duration::from_secs(1)..=Duration::from_secs(600);
    match humantime::parse_duration(text) {
        Ok(outage) if range.contains(&outage) => Ok(outage),
        _ => Err("write a time from \"1s\" to \"10m\"".to_owned()),
    }
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

    /// The number of processes: no more than clients.
    fn processes(&self) -> u32 {
        let processes = self.processes.unwrap_or(self.clients.div_ceil(PROCESS));
        processes.min(self.clients)
    }

    /// When the server is down, in milliseconds.
    fn down(&self) -> Range<u32> {
        DOWN..DOWN + millis(self.outage)
    }

    /// The length of a run, in milliseconds.
    fn end(&self) -> u32 {
        self.down().end + AFTER
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    let plans: Vec<Plan> = if settings.policy.is_empty() {
        let layers = settings.layers.map_or(1..=3, |layers| layers..=layers);
        layers
            .flat_map(|layers| plans_of_the_guide(layers.into()))
            .collect()
    } else {
        plans_of_documents(&settings.policy, settings.layers.unwrap_or(1).into())
    };
    let outcomes = run_all(&settings, &plans);
    report::print(&settings, &plans, &outcomes);
    report::draw(&settings, &plans, &outcomes)
}

/// Runs every plan separately, as many at once as there are cores.
fn run_all(settings: &Settings, plans: &[Plan]) -> Vec<Outcome> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let steps = plans.len() * settings.end().div_ceil(STEP) as usize;
    let progress = Progress::new(u64::try_from(steps).unwrap_or(u64::MAX));
    let outcomes = Mutex::new(Vec::new());
    // From the end: the last plans have the most layers, and a long run at the end would be alone.
    let next = Mutex::new(plans.iter().enumerate().rev());
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let Some((place, plan)) = next.lock().expect("no thread panics").next() else {
                        return;
                    };
                    let outcome = simulation::run(settings, plan, &progress);
                    outcomes
                        .lock()
                        .expect("no thread panics")
                        .push((place, outcome));
                }
            });
        }
    });
    progress.clear();
    let mut outcomes = outcomes.into_inner().expect("no thread panics");
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
