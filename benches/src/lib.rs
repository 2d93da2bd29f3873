//! Measuring small things beside one another, in one run.
//!
//! Criterion and divan measure one thing after the other. Here rounds of all candidates take turns, so
//! that what else the machine does falls on all of them, and the medians are compared.

use std::fmt;
use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

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
        let (rounds, calls) = if std::env::args().any(|argument| argument == "--bench") {
            (101, 200_000)
        } else {
            (1, 1000)
        };
        Self { rounds, calls }
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
    name: &'static str,
    times: Box<dyn Fn(u32) + Sync + 'a>,
}

impl<'a> Candidate<'a> {
    /// Of this name, and this for one call. The loop around it is compiled with it.
    pub fn new(name: &'static str, call: impl Fn() + Sync + 'a) -> Self {
        Self {
            name,
            times: Box::new(move |calls| {
                for _ in 0..calls {
                    call();
                }
            }),
        }
    }
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Nanoseconds a call of each candidate, on so many threads at once: the median of its rounds.
pub fn measure(effort: Effort, threads: usize, candidates: &[Candidate<'_>]) -> Vec<f64> {
    let mut took = vec![Vec::new(); candidates.len()];
    for _ in 0..effort.rounds {
        for (took, candidate) in took.iter_mut().zip(candidates) {
            took.push(round(effort, threads, candidate));
        }
    }
    let nanos = |took: &mut Vec<Duration>| {
        took.sort_unstable();
        took[took.len() / 2].as_secs_f64() * 1e9 / f64::from(effort.calls)
    };
    took.iter_mut().map(nanos).collect()
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

/// Prints what was measured, beside the first candidate.
pub fn print(title: &str, threads: usize, candidates: &[Candidate<'_>], nanos: &[f64]) {
    println!("{title}, threads: {threads}");
    for (candidate, of_this) in candidates.iter().zip(nanos) {
        let ratio = of_this / nanos[0];
        println!("  {:<28} {of_this:>7.2} ns  {ratio:>6.2}x", candidate.name);
    }
}
