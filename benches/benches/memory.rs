//! The memory of a call: allocations, the size of its future, and the heap while it waits.
//!
//!     cargo bench -p retryable-benches --bench memory
//!
//! It fails if a call of ours allocates, or if its future is larger than it was: `cargo test` runs it, too.

use std::io;
use std::mem::size_of_val;
use std::pin::pin;

use allocation_counter::measure;
use retryable_benches::operation::{body, down, fails};
use retryable_benches::report::{Table, is_full_run};
use retryable_benches::{for_each_peer, peers};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

fn main() -> io::Result<()> {
    allocations(&paused()?)?;
    futures()?;
    waiting()
}

/// Returns a runtime with a paused clock, which advances when all tasks wait.
fn paused() -> io::Result<Runtime> {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build()
}

const RETRIES: u32 = peers::ATTEMPTS - 1;

fn allocations(runtime: &Runtime) -> io::Result<()> {
    const COLUMNS: &[&str] = &[
        "",
        "success: allocations",
        "success: bytes",
        "each retry: allocations",
        "each retry: bytes",
    ];
    let mut table = Table::new("memory-allocations", "What a call allocates", COLUMNS);
    macro_rules! row {
        ($name:expr, $peer:ident) => {{
            let taken = |retries| {
                let op = fails(retries);
                // Polled in place: a `Box` for the runtime would not be a cost of the call.
                let mut call = pin!(peers::$peer::call(&op));
                let info = measure(|| {
                    let _ = runtime.block_on(call.as_mut());
                });
                (info.count_total, info.bytes_total)
            };
            // Warm-up: the first wait of a process sets up the timer.
            taken(RETRIES);
            let (success, retried) = (taken(0), taken(RETRIES));
            let each = |all: u64, success: u64| all.saturating_sub(success) / u64::from(RETRIES);
            if matches!(stringify!($peer), "attribute" | "run" | "explicit") {
                assert_eq!((success.0, retried.0), (0, 0), "{} allocates", $name);
            }
            let cells = [
                success.0,
                success.1,
                each(retried.0, success.0),
                each(retried.1, success.1),
            ];
            table.row($name, cells.map(|cell| cell.to_string()));
        }};
    }
    for_each_peer!(row);
    table.publish()
}

fn futures() -> io::Result<()> {
    const COLUMNS: &[&str] = &["", "body of 1 B", "body of 1 KiB"];
    let (small, large) = (body::<1>, body::<1024>);
    let mut table = Table::new("memory-futures", "The future of a call, in bytes", COLUMNS);
    let bodies = [size_of_val(&small()), size_of_val(&large())];
    table.row("the body itself", bodies.map(|size| size.to_string()));
    macro_rules! row {
        ($name:expr, $peer:ident) => {{
            let sizes = [
                size_of_val(&peers::$peer::call(&small)),
                size_of_val(&peers::$peer::call(&large)),
            ];
            if let Some(limit) = limit(stringify!($peer)) {
                let by_hand = size_of_val(&peers::by_hand::call(&large));
                let more = sizes[1].saturating_sub(by_hand);
                assert!(more <= limit, "{}: {more} bytes more than by hand", $name);
            }
            table.row($name, sizes.map(|size| size.to_string()));
        }};
    }
    for_each_peer!(row);
    table.chart(2, "bytes, around a body of 1 KiB");
    table.publish()
}

/// The most bytes by which the future of a call of ours may be larger than that of the loop by hand.
fn limit(peer: &str) -> Option<usize> {
    // A run of all tests has the features `test-util` and `metrics`, which add a word each, and `overrides`, which adds two.
    let margin = 4 * size_of::<usize>();
    match peer {
        "attribute" => Some(24 + margin),
        "run" => Some(8 + margin),
        "explicit" => Some(64 + margin),
        _ => None,
    }
}

fn waiting() -> io::Result<()> {
    const COLUMNS: &[&str] = &["", "bytes a call"];
    let calls: u32 = if is_full_run() { 100_000 } else { 1000 };
    let title = "The heap of a task whose call waits to try again, one of 100,000";
    let mut table = Table::new("memory-waiting", title, COLUMNS);
    macro_rules! row {
        ($name:expr, $peer:ident) => {{
            let runtime = paused()?;
            let info = measure(|| {
                runtime.block_on(async {
                    for _ in 0..calls {
                        tokio::spawn(peers::$peer::call(&down));
                    }
                    // Every task makes one attempt and waits. The clock does not advance as long as this task runs.
                    for _ in 0..2 {
                        yield_now().await;
                    }
                });
            });
            let bytes = f64::from(i32::try_from(info.bytes_current).unwrap_or(i32::MAX));
            table.row($name, [format!("{:.0}", bytes / f64::from(calls))]);
        }};
    }
    for_each_peer!(row);
    table.remark("tokio rounds a task up to a multiple of 128 bytes.");
    table.chart(1, "bytes a call");
    table.publish()
}
