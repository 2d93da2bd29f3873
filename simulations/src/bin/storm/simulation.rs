//! One run: clients, a server, and the counters.

use std::cell::Cell;
use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;

use crate::Settings;
use crate::client::{Client, PAUSE};
use crate::events::{Agenda, SimClock, millis};
use crate::policies::{Plan, Shared, SimPolicy, policy};
use crate::progress::Progress;
use crate::server::Server;

/// When the server goes down, in milliseconds.
pub(crate) const DOWN: u32 = 10_000;
/// How long a run continues after the server's return.
pub(crate) const AFTER: u32 = 30_000;
/// Load is counted in steps of this many milliseconds.
pub(crate) const STEP: u32 = 250;
/// How many clients share a process, and with it a budget.
const PROCESS: usize = 100;
/// When the server goes down, its clients notice within this time, and call at once.
const NOTICED: u32 = 100;

/// The counters of a run.
pub(crate) struct Outcome {
    pub(crate) calls: u64,
    pub(crate) successes: u64,
    /// Requests that reached the server, by step.
    pub(crate) load: Vec<u32>,
    /// Requests that the server processed, by step.
    pub(crate) processed: Vec<u32>,
    /// The steps in which the server is down.
    down: Range<usize>,
}

pub(crate) fn run(settings: &Settings, plan: &Plan, progress: &Progress) -> Outcome {
    match plan.layers {
        1 => run_layers::<1>(settings, plan, progress),
        2 => run_layers::<2>(settings, plan, progress),
        _ => run_layers::<3>(settings, plan, progress),
    }
}

fn run_layers<const LAYERS: usize>(
    settings: &Settings,
    plan: &Plan,
    progress: &Progress,
) -> Outcome {
    // Calls draw their jitter from the thread's generator, because no two calls may draw the same sequence.
    fastrand::seed(settings.seed);
    let mut random = Rng::with_seed(settings.seed);
    let now = Cell::new(0);
    let clock = SimClock(&now);

    let processes = (settings.clients as usize).div_ceil(PROCESS);
    let shared: Vec<[Shared; LAYERS]> = (0..processes)
        .map(|_| std::array::from_fn(|_| Shared::new(plan)))
        .collect();
    let policies: Vec<[SimPolicy<'_>; LAYERS]> = shared
        .iter()
        .map(|shared| std::array::from_fn(|layer| policy(plan, &shared[layer])))
        .collect();

    let down = settings.down();
    let end = settings.end();
    let mut agenda = Agenda::new(end);
    let mut clients: Vec<Client<'_, LAYERS>> = (0..settings.clients)
        .map(|client| {
            let due = millis(pause(&mut random));
            agenda.add(due, client);
            Client::new(due)
        })
        .collect();
    let steps = end.div_ceil(STEP) as usize;
    let mut server = Server::new(settings.capacity(), down.clone());
    let mut outcome = Outcome {
        calls: 0,
        successes: 0,
        load: vec![0; steps],
        processed: vec![0; steps],
        down: (down.start / STEP) as usize..down.end.div_ceil(STEP) as usize,
    };

    for time in 0..end {
        now.set(time);
        if time % STEP == 0 {
            progress.step();
        }
        let step = (time / STEP) as usize;
        if time == DOWN {
            for (id, client) in (0..).zip(&mut clients) {
                if client.is_idle() {
                    client.due = time + random.u32(0..NOTICED);
                    agenda.add(client.due, id);
                }
            }
        }
        while let Some(id) = agenda.next(time) {
            let client = &mut clients[id as usize];
            if client.due != time {
                continue;
            }
            if !client.can_begin() {
                client.abandon();
                client.due = time.saturating_add(millis(pause(&mut random)).max(1));
                agenda.add(client.due, id);
                continue;
            }
            outcome.calls += u64::from(client.is_idle());
            outcome.load[step] += 1;
            client.begin(&policies[id as usize / PROCESS], clock);
            let (response, took) = server.request(time, client.limit());
            // The response, which arrives later, is decided now: with half as many events, a run takes half as long.
            // Only the order in which the clients of a process withdraw from their budget changes.
            now.set(time + millis(took));
            let wait = match response {
                Ok(()) => {
                    client.succeeded();
                    outcome.processed[step] += 1;
                    outcome.successes += 1;
                    pause(&mut random)
                }
                Err(class) => client.failed(class).unwrap_or_else(|| pause(&mut random)),
            };
            now.set(time);
            client.due = time.saturating_add(millis(took + wait).max(1));
            agenda.add(client.due, id);
        }
    }
    outcome
}

/// Draws from an exponential distribution, as the intervals of independent calls are.
fn pause(random: &mut Rng) -> Duration {
    PAUSE.mul_f64(-(1.0 - random.f64()).ln())
}

impl Outcome {
    /// The peak load, in requests a second.
    pub(crate) fn peak(&self) -> f64 {
        let highest = self.load.iter().max().copied().unwrap_or(0);
        f64::from(highest) * 1000.0 / f64::from(STEP)
    }

    /// The load while the server is down, in requests a second.
    pub(crate) fn while_down(&self) -> f64 {
        let down = &self.load[self.down.clone()];
        let hits: u64 = down.iter().map(|&hits| u64::from(hits)).sum();
        let steps = u64::try_from(down.len()).expect("there are few");
        ratio(hits * 1000, steps * u64::from(STEP))
    }

    /// Requests beyond one per call, as a share of the calls.
    pub(crate) fn extra(&self) -> f64 {
        let hits = self.load.iter().map(|&hits| u64::from(hits)).sum();
        ratio(hits, self.calls) - 1.0
    }

    /// The share of the calls that succeeded before the end.
    pub(crate) fn succeeded(&self) -> f64 {
        ratio(self.successes, self.calls)
    }

    /// The time from the server's return to the end of the last second in which it processes less than 99 % of the
    /// requests; `None` if such a second is among the last five.
    pub(crate) fn recovery(&self) -> Option<Duration> {
        let back = self.down.end;
        let second = (1000 / STEP) as usize;
        let sum = |steps: &[u32]| steps.iter().map(|&hits| u64::from(hits)).sum();
        let seconds = self.load[back..]
            .chunks(second)
            .zip(self.processed[back..].chunks(second));
        let well: Vec<bool> = seconds
            .map(|(load, processed)| ratio(sum(processed), sum(load)) >= 0.99)
            .collect();
        let until = well
            .iter()
            .rposition(|well| !well)
            .map_or(0, |last| last + 1);
        let seconds = u64::try_from(until).expect("there are few");
        (until + 5 <= well.len()).then(|| Duration::from_secs(seconds))
    }
}

/// Returns the ratio; 1 if both are zero.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
