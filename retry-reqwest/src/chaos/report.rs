//! What was injected.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a [`Chaos`](crate::Chaos) has injected. `Display` is one line for a log.
///
/// Compare it with what hooks, metrics and alerts have seen.
///
/// # Examples
///
/// ```
/// use retryable::http::Chaos;
///
/// let report = Chaos::new().seed(7).report();
/// assert_eq!(
///     report.to_string(),
///     "seed 7: 0 attempts, 0 faults (0 resets, 0 cut bodies), 0 delayed",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChaosReport {
    /// The seed, to repeat the same faults.
    pub seed: u64,
    /// The number of attempts that could have had a fault.
    pub attempts: u64,
    /// The number of injected responses, by status.
    pub statuses: BTreeMap<u16, u64>,
    /// The number of lost responses.
    pub resets: u64,
    /// The number of bodies that ended early.
    pub cut_bodies: u64,
    /// The number of attempts that were delayed.
    pub delayed: u64,
}

impl ChaosReport {
    /// Returns the number of faults: statuses, resets and cut bodies.
    pub fn faults(&self) -> u64 {
        self.statuses.values().sum::<u64>() + self.resets + self.cut_bodies
    }
}

impl fmt::Display for ChaosReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seed, attempts, faults) = (self.seed, self.attempts, self.faults());
        write!(f, "seed {seed}: {attempts} attempts, {faults} faults (")?;
        for (status, count) in &self.statuses {
            write!(f, "{count} with {status}, ")?;
        }
        let (resets, cut_bodies, delayed) = (self.resets, self.cut_bodies, self.delayed);
        write!(
            f,
            "{resets} resets, {cut_bodies} cut bodies), {delayed} delayed"
        )
    }
}

/// What the clones of one `Chaos` count. `Relaxed` everywhere: no other memory is read because of these numbers.
#[derive(Debug, Default)]
pub(super) struct Counters {
    stopped: AtomicBool,
    attempts: AtomicU64,
    statuses: Mutex<BTreeMap<u16, u64>>,
    resets: AtomicU64,
    cut_bodies: AtomicU64,
    delayed: AtomicU64,
}

impl Counters {
    pub(super) fn set_active(&self, active: bool) {
        self.stopped.store(!active, Ordering::Relaxed);
    }

    /// Returns the number of the attempt that begins now, or `None` if faults are stopped.
    pub(super) fn begin(&self) -> Option<u64> {
        let active = !self.stopped.load(Ordering::Relaxed);
        active.then(|| self.attempts.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn status(&self, status: u16) {
        *self.lock().entry(status).or_default() += 1;
    }

    pub(super) fn reset(&self) {
        self.resets.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn cut_body(&self) {
        self.cut_bodies.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn delayed(&self) {
        self.delayed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn report(&self, seed: u64) -> ChaosReport {
        ChaosReport {
            seed,
            attempts: self.attempts.load(Ordering::Relaxed),
            statuses: self.lock().clone(),
            resets: self.resets.load(Ordering::Relaxed),
            cut_bodies: self.cut_bodies.load(Ordering::Relaxed),
            delayed: self.delayed.load(Ordering::Relaxed),
        }
    }

    /// No code panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u16, u64>> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
