//! The page "Outages" shows the figures of the schedules.
//!
//!     cargo test --test it outages

use std::fmt::Write;
use std::time::Duration;

use retryable::{Exponential, Jitter, Policy};

const PAGE: &str = include_str!("../../docs/outages.md");
const SEEDS: u64 = 10_000;

/// A row of the table: the outage and what is set against it.
struct Row {
    outage: Duration,
    max: u32,
    base: Duration,
    jitter: Jitter,
    max_elapsed: Option<Duration>,
}

const fn row(outage: u64, max: u32, base: u64, jitter: Jitter, max_elapsed: u64) -> Row {
    Row {
        outage: Duration::from_millis(outage),
        max,
        base: Duration::from_millis(base),
        jitter,
        max_elapsed: if max_elapsed == 0 {
            None
        } else {
            Some(Duration::from_secs(max_elapsed))
        },
    }
}

use Jitter::{Equal, Full};

/// In milliseconds, but for `max_elapsed`: in seconds, and 0 for none.
const ROWS: &[Row] = &[
    row(100, 3, 100, Full, 0),
    row(100, 4, 100, Full, 0),
    row(100, 5, 100, Full, 0),
    row(100, 3, 100, Equal, 0),
    row(1000, 3, 100, Full, 0),
    row(1000, 5, 100, Full, 0),
    row(1000, 7, 100, Full, 0),
    row(1000, 8, 100, Full, 0),
    row(1000, 6, 100, Equal, 0),
    row(1000, 5, 500, Full, 0),
    row(1000, 4, 500, Equal, 0),
    row(10_000, 5, 100, Full, 0),
    row(10_000, 8, 100, Full, 0),
    row(10_000, 10, 100, Full, 0),
    row(10_000, 11, 100, Full, 0),
    row(10_000, 11, 100, Full, 10),
    row(10_000, 11, 100, Full, 15),
    row(10_000, 11, 100, Full, 30),
    row(10_000, 9, 100, Equal, 0),
    row(10_000, 9, 100, Equal, 30),
    row(10_000, 7, 1000, Full, 0),
    row(10_000, 6, 1000, Equal, 0),
];

fn table() -> String {
    let mut table = String::from(
        "| outage | `max` | `base` | `jitter` | `max_elapsed` | waits at most | begun with the outage | begun during it |\n\
         |---:|---:|---:|---|---:|---:|---:|---:|\n",
    );
    for row in ROWS {
        let shape = Exponential::new(row.base).jitter(row.jitter);
        let policy = Policy::with_backoff(shape)
            .max_attempts(row.max)
            .max_elapsed(row.max_elapsed.unwrap_or(Duration::MAX));
        let worst: Duration = Policy::with_backoff(shape.jitter(Jitter::None))
            .max_attempts(row.max)
            .schedule(0)
            .sum();
        let (mut outlasted, mut waited) = (0, Duration::ZERO);
        for seed in 0..SEEDS {
            let waits: Duration = policy.schedule(seed).sum();
            outlasted += u64::from(waits >= row.outage);
            waited += waits.min(row.outage);
        }
        // A call that begins when a part of the outage is over needs the rest: of all beginnings, the share that
        // the waits cover is the waits' share of the outage.
        let mean = waited.as_nanos() / u128::from(SEEDS);
        let with = u128::from(outlasted * 1000 / SEEDS);
        let during = mean * 1000 / row.outage.as_nanos();
        let jitter = if row.jitter == Full { "full" } else { "equal" };
        let max_elapsed = row
            .max_elapsed
            .map_or("none".to_owned(), |d| format!("{d:?}"));
        let (outage, max, base) = (row.outage.as_secs_f64(), row.max, row.base);
        writeln!(
            table,
            "| {outage} s | {max} | {base:?} | {jitter} | {max_elapsed} | {:.1} s | {} | {} |",
            worst.as_secs_f64(),
            percent(with),
            percent(during),
        )
        .unwrap();
    }
    table
}

/// Rounded down, so that 100 % means all.
fn percent(per_mille: u128) -> String {
    match per_mille {
        1000 => "100 %".to_owned(),
        _ => format!("{}.{} %", per_mille / 10, per_mille % 10),
    }
}

#[test]
fn the_page_shows_the_figures_that_the_schedules_give() {
    let table = table();
    assert!(PAGE.contains(&table), "the page should have\n{table}");
}
