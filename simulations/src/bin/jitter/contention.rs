//! One contest: clients that write one row, and a server that checks versions.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::f64::consts::TAU;
use std::time::Duration;

use retryable::{Backoff, Class, Clock, Decision, Moment, Policy};

/// The outcome of a contest.
pub(crate) struct Contest {
    /// All attempts to write, successful or not.
    pub(crate) writes: u32,
    /// The time until the last client knows that it has written.
    pub(crate) time: Duration,
}

/// A message that arrives at the server or at a client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Message {
    Read,
    Version(u32),
    Write(u32),
    Response(bool),
}

/// The clock of the contest, in nanoseconds.
struct SimClock<'a>(&'a Cell<u64>);

impl Clock for SimClock<'_> {
    fn now(&self) -> Moment {
        Moment::EPOCH.after(Duration::from_nanos(self.0.get()))
    }
}

impl Contest {
    pub(crate) fn run(clients: u32, backoff: &dyn Backoff) -> Self {
        let now = Cell::new(0);
        let policy = Policy::with_backoff(backoff).max_attempts(u32::MAX);
        let mut retries: Vec<_> = (0..clients)
            .map(|_| policy.start_with(SimClock(&now)))
            .collect();
        // Reversed, so that the heap returns the earliest first.
        let mut network: BinaryHeap<_> = (0..clients)
            .map(|client| Reverse((hop(), client, Message::Read)))
            .collect();
        let (mut version, mut writes) = (0, 0);

        while let Some(Reverse((time, client, message))) = network.pop() {
            now.set(time);
            let (wait, next) = match message {
                Message::Read => (0, Message::Version(version)),
                Message::Version(read) => (0, Message::Write(read)),
                Message::Write(read) => {
                    writes += 1;
                    let wins = read == version;
                    version += u32::from(wins);
                    (0, Message::Response(wins))
                }
                Message::Response(true) => continue,
                Message::Response(false) => match retries[client as usize].decide(Class::Transient)
                {
                    Decision::Wait(delay) => (nanos(delay), Message::Read),
                    Decision::Stop(reason) => unreachable!("{reason}"),
                },
            };
            network.push(Reverse((time + wait + hop(), client, next)));
        }
        Self {
            writes,
            time: Duration::from_nanos(now.get()),
        }
    }
}

/// Draws |Normal(10 ms, 2 ms)|, in nanoseconds, by the method of Box and Muller.
fn hop() -> u64 {
    let radius = (-2.0 * (1.0 - fastrand::f64()).ln()).sqrt();
    let normal = radius * (TAU * fastrand::f64()).cos();
    nanos(Duration::from_secs_f64((0.010 + 0.002 * normal).abs()))
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).expect("below the cap")
}
