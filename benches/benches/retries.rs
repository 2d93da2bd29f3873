//! The cost of a retry without a delay: its time, and its instructions, counted by callgrind.
//!
//!     cargo bench -p retryable-benches --bench retries

use std::hint::black_box;
use std::io;

use retryable_benches::callgrind::{Errand, instructions, is_here};
use retryable_benches::operation::fails;
use retryable_benches::report::{Table, is_full_run};
use retryable_benches::turns::{Candidate, Effort, Taken, measure};
use retryable_benches::{for_each_peer, peers};
use tokio::runtime::{Builder, Runtime};

/// The number of retries in one call.
const RETRIES: u32 = 20;
const COLUMNS: &[&str] = &["", "µs: median (middle half)", "instructions"];

fn main() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    if let Some(errand) = Errand::of_this_run() {
        run(&errand, &runtime);
        return Ok(());
    }
    let mut ids = Vec::new();
    let mut candidates = Vec::new();
    macro_rules! candidate {
        ($name:expr, $peer:ident) => {{
            ids.push(stringify!($peer));
            candidates.push(Candidate::new($name, || {
                let op = fails(RETRIES);
                let _ = black_box(runtime.block_on(peers::$peer::at_once(&op)));
            }));
        }};
    }
    for_each_peer!(candidate);
    let taken = measure(Effort::slow(21, 5), 1, &candidates);

    let mut table = Table::new("retries", "A retry without a delay", COLUMNS);
    for (Taken { name, nanos, .. }, id) in taken.iter().zip(ids) {
        let micros = nanos.divided_by(1e3 * f64::from(RETRIES));
        let counted = if is_here() && (is_full_run() || id == "attribute") {
            format!("{:.0}", instructions(id, 200)? / f64::from(RETRIES))
        } else {
            "not counted".to_owned()
        };
        table.row(name, [format!("{micros:.3}"), counted]);
    }
    table.remark(
        "Those that ask tokio's timer for no time wait for its next millisecond; this framework asks no \
         timer, and lets other tasks run instead; the loop by hand and tower do neither.",
    );
    table.publish()
}

fn run(errand: &Errand, runtime: &Runtime) {
    macro_rules! run {
        ($name:expr, $peer:ident) => {{
            if errand.name == stringify!($peer) {
                for _ in 0..errand.times {
                    let op = fails(RETRIES);
                    let _ = black_box(runtime.block_on(peers::$peer::at_once(&op)));
                }
                return;
            }
        }};
    }
    for_each_peer!(run);
    panic!("no errand is named {}", errand.name);
}
