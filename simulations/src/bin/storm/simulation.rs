//! One run: clients, a server, and the counters.

use std::hint::black_box;
use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;

use crate::Settings;
use crate::agenda::Agenda;
use crate::client::{Client, PAUSE};
use crate::clock::{millis, set_now};
use crate::policies::{Plan, SharedBudget, attempt_timeout, budget, policy};
use crate::progress::Progress;
use crate::server::Server;

/// When the server goes down, in milliseconds.
pub(crate) const DOWN: u32 = 10_000;
/// How long a run continues after the server's return.
pub(crate) const AFTER: u32 = 30_000;
/// Load is counted in steps of this many milliseconds.
pub(crate) const STEP: u32 = 250;
/// When the server goes down, its clients notice within this time, and call at once.
const NOTICED: u32 = 100;
/// So many clients are read before their events are processed. A million clients fit in no cache, and a processor
/// waits for many reads at once if none of them needs the result of another.
const BATCH: usize = 32;

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
    set_now(0);

    let policy = policy(plan);
    let attempt_timeout = attempt_timeout(plan);
    let max_elapsed = plan.policy.config.max_elapsed;
    let is_limited = max_elapsed.is_some() || plan.policy.config.deadline.is_some();
    let in_process = settings.clients.div_ceil(settings.processes());
    let budgets: Vec<[SharedBudget; LAYERS]> = (0..settings.processes())
        .map(|_| std::array::from_fn(|_| budget(plan)))
        .collect();

    let down = settings.down();
    let end = settings.end();
    let mut agenda = Agenda::new(end, ordinary_events(settings));
    let mut clients: Vec<Client<LAYERS>> = (0..settings.clients)
        .map(|client| {
            let due = millis(pause(&mut random));
            agenda.add(due, client);
            Client::new(due, &policy)
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
        set_now(time);
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
        let events = agenda.take(time);
        for events in events.rchunks(BATCH) {
            for &id in events {
                black_box(clients[id as usize].touch());
            }
            for &id in events.iter().rev() {
                let client = &mut clients[id as usize];
                if client.due != time {
                    continue;
                }
                if is_limited && !client.can_begin(max_elapsed) {
                    client.abandon();
                    client.due = time.saturating_add(millis(pause(&mut random)).max(1));
                    agenda.add(client.due, id);
                    continue;
                }
                let budgets = &budgets[(id / in_process) as usize];
                outcome.calls += u64::from(client.is_idle());
                outcome.load[step] += 1;
                client.begin(&policy, budgets);
                let limit = if is_limited {
                    client.limit(attempt_timeout)
                } else {
                    attempt_timeout
                };
                let (response, took) = server.request(time, limit);
                // The response, which arrives later, is decided now: with half as many events, a run takes half as
                // long. Only the order in which the clients of a process withdraw from their budget changes.
                set_now(time + millis(took));
                let wait = match response {
                    Ok(()) => {
                        client.succeeded(&policy, budgets);
                        outcome.processed[step] += 1;
                        outcome.successes += 1;
                        pause(&mut random)
                    }
                    Err(class) => {
                        let wait = client.failed(&policy, budgets, class);
                        wait.unwrap_or_else(|| pause(&mut random))
                    }
                };
                set_now(time);
                client.due = time.saturating_add(millis(took + wait).max(1));
                agenda.add(client.due, id);
            }
        }
    }
    outcome
}

/// Returns how many events a millisecond has while the server is up.
fn ordinary_events(settings: &Settings) -> usize {
    settings.clients as usize / PAUSE.as_millis() as usize + 1
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
