//! Measuring small things beside one another, in one run.
//!
//! Criterion and divan measure one thing after the other. Here rounds of all candidates take turns, so
//! that what else the machine does falls on all of them, and each round gives a ratio.

use std::fmt;
use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::report::{Spread, Table, is_full_run};

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    rounds: u32,
    /// In one round, of every thread.
    calls: u32,
}

impl Effort {
    /// Little, unless `cargo bench` has started this.
    pub fn from_arguments() -> Self {
        let (rounds, calls) = if is_full_run() {
            (101, 200_000)
        } else {
            (1, 1000)
        };
        Self { rounds, calls }
    }

    /// For things that take long: so much in a full run.
    pub fn slow(rounds: u32, calls: u32) -> Self {
        if is_full_run() {
            Self { rounds, calls }
        } else {
            Self {
                rounds: 1,
                calls: 1,
            }
        }
    }

    /// Calls of one candidate in all, by so many threads.
    pub fn in_all(self, threads: usize) -> u64 {
        u64::from(self.rounds) * u64::from(self.calls) * threads as u64
    }

    /// For candidates of which one call does so many things.
    pub fn divided_by(self, things: u32) -> Self {
        Self {
            calls: (self.calls / things).max(1),
            ..self
        }
    }
}

/// One thing to measure.
pub struct Candidate<'a> {
    name: String,
    times: Box<dyn Fn(u32) + Sync + 'a>,
}

impl<'a> Candidate<'a> {
    /// Of this name, and this for one call. The loop around it is compiled with it.
    pub fn new(name: impl Into<String>, call: impl Fn() + Sync + 'a) -> Self {
        Self {
            name: name.into(),
            times: Box::new(move |calls| {
                for _ in 0..calls {
                    call();
                }
            }),
        }
    }
}

impl<'a> Candidate<'a> {
    /// Of this name, and this for one call, on something that every round makes anew.
    pub fn on<S>(
        name: impl Into<String>,
        make: impl Fn() -> S + Sync + 'a,
        call: impl Fn(&mut S) + Sync + 'a,
    ) -> Self {
        Self {
            name: name.into(),
            times: Box::new(move |calls| {
                let mut state = make();
                for _ in 0..calls {
                    call(&mut state);
                }
            }),
        }
    }
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What one candidate took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its name.
    pub name: String,
    /// Nanoseconds a call.
    pub nanos: Spread,
    /// Beside the first candidate, round by round.
    pub ratio: Spread,
}

/// What a call of each candidate takes, on so many threads at once.
pub fn measure(effort: Effort, threads: usize, candidates: &[Candidate<'_>]) -> Vec<Taken> {
    let mut rounds = vec![Vec::new(); candidates.len()];
    for _ in 0..effort.rounds {
        for (taken, candidate) in rounds.iter_mut().zip(candidates) {
            let took = round(effort, threads, candidate);
            taken.push(took.as_secs_f64() * 1e9 / f64::from(effort.calls));
        }
    }
    let first = rounds.first().cloned().unwrap_or_default();
    let taken = candidates.iter().zip(rounds).map(|(candidate, nanos)| {
        let ratios = nanos.iter().zip(&first).map(|(nanos, first)| nanos / first);
        Taken {
            name: candidate.name.clone(),
            ratio: Spread::of(ratios.collect()),
            nanos: Spread::of(nanos),
        }
    });
    taken.collect()
}

/// The slowest thread counts. They begin together, spinning, as one that sleeps wakes too late.
fn round(effort: Effort, threads: usize, candidate: &Candidate<'_>) -> Duration {
    let missing = AtomicUsize::new(threads);
    thread::scope(|scope| {
        let work = || {
            missing.fetch_sub(1, Ordering::AcqRel);
            while missing.load(Ordering::Acquire) > 0 {
                hint::spin_loop();
            }
            let start = Instant::now();
            (candidate.times)(effort.calls);
            start.elapsed()
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let took = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        took.max().expect("there is a thread")
    })
}

/// A table of what was taken, beside the first.
pub fn table(id: &'static str, title: &'static str, taken: &[Taken]) -> Table {
    const COLUMNS: &[&str] = &["", "ns: median (middle half)", "times the first"];
    let mut table = Table::new(id, title, COLUMNS);
    for Taken { name, nanos, ratio } in taken {
        table.row(name, [format!("{nanos}"), format!("{ratio}")]);
    }
    table
}
