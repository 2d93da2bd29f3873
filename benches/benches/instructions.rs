//! The instructions of a call that succeeds at once, compared with the loop by hand, counted by callgrind.
//!
//!     cargo bench -p retryable-benches --bench instructions

use std::hint::black_box;
use std::io;

use retryable_benches::callgrind::{Errand, instructions, is_here};
use retryable_benches::for_each_peer;
use retryable_benches::operation::{finish, hidden, succeeds};
use retryable_benches::report::{Table, is_full_run};

const COLUMNS: &[&str] = &[
    "",
    "ready at once",
    "times the first",
    "behind `dyn`",
    "times the first",
];

fn main() -> io::Result<()> {
    if let Some(errand) = Errand::of_this_run() {
        run(&errand);
        return Ok(());
    }
    if !is_here() {
        println!("without valgrind, nothing is counted");
        return Ok(());
    }
    let mut table = Table::new("instructions", "Instructions a call that succeeds", COLUMNS);
    let mut first = None;
    for (name, id) in names() {
        let ready = instructions(&format!("ready {id}"), TIMES)?;
        let hidden = instructions(&format!("dyn {id}"), TIMES)?;
        let (first_ready, first_hidden) = *first.get_or_insert((ready, hidden));
        table.row(
            name,
            [
                format!("{ready:.1}"),
                format!("{:.2}", ready / first_ready),
                format!("{hidden:.1}"),
                format!("{:.2}", hidden / first_hidden),
            ],
        );
        if !is_full_run() {
            break;
        }
    }
    table.chart(3, "instructions a call behind `dyn`");
    table.publish()
}

const TIMES: u32 = 10_000;

fn names() -> Vec<(String, &'static str)> {
    let mut names = Vec::new();
    macro_rules! name {
        ($name:expr, $peer:ident) => {
            names.push(($name, stringify!($peer)));
        };
    }
    for_each_peer!(name);
    names
}

fn run(errand: &Errand) {
    macro_rules! run {
        ($name:expr, $peer:ident) => {{
            if errand.name == concat!("ready ", stringify!($peer)) {
                for _ in 0..errand.times {
                    let _ = black_box(finish(retryable_benches::peers::$peer::call(&succeeds)));
                }
                return;
            }
            if errand.name == concat!("dyn ", stringify!($peer)) {
                let op = hidden();
                for _ in 0..errand.times {
                    let _ = black_box(finish(retryable_benches::peers::$peer::call(&op)));
                }
                return;
            }
        }};
    }
    for_each_peer!(run);
    panic!("no errand is named {}", errand.name);
}
