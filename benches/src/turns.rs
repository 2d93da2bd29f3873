//! Comparing short operations in one run.
//!
//! Criterion and divan measure one thing after the other. Here the candidates take turns in rounds, so that other load
//! on the machine affects all of them alike, and each round returns a ratio.

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
    /// Calls of every thread in one round.
    calls: u32,
}

impl Effort {
    /// Returns a small effort, unless `cargo bench` has started this process.
    pub fn from_arguments() -> Self {
        let (rounds, calls) = if is_full_run() {
            (101, 200_000)
        } else {
            (1, 1000)
        };
        Self { rounds, calls }
    }

    /// Returns the effort for slow operations: in a full run, this many rounds and calls.
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

    /// Returns the total calls of one candidate on this many threads.
    pub fn in_all(self, threads: usize) -> u64 {
        u64::from(self.rounds) * u64::from(self.calls) * threads as u64
    }

    /// Reduces the calls, for candidates of which one call does this many operations.
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
    /// Creates a candidate with this name and this call. The measuring loop is compiled together with the call.
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
    /// Creates a candidate with this name and this call, on a state that is created for every round.
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

/// The measurements of one candidate.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The name of the candidate.
    pub name: String,
    /// Nanoseconds a call.
    pub nanos: Spread,
    /// The ratios to the first candidate, round by round.
    pub ratio: Spread,
}

/// Measures a call of each candidate, on this many threads at once.
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

/// Returns the time of the slowest thread. The threads spin until all are ready, because a sleeping thread wakes too
/// late.
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

/// Returns a table of the times, and of the ratios to the first candidate.
pub fn table(id: &'static str, title: &'static str, taken: &[Taken]) -> Table {
    const COLUMNS: &[&str] = &["", "ns: median (middle half)", "times the first"];
    let mut table = Table::new(id, title, COLUMNS);
    for Taken { name, nanos, ratio } in taken {
        table.row(name, [format!("{nanos}"), format!("{ratio}")]);
    }
    table
}
