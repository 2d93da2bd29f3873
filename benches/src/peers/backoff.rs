//! backoff: `backoff::future::retry(backoff, op)`, whose errors state whether they are transient.

use std::time::Duration;

use ::backoff::backoff::Zero;
use ::backoff::{Error, ExponentialBackoff, ExponentialBackoffBuilder};

use super::{BASE, Busy, CAP, Outcome};

fn classified(error: Busy) -> Error<Busy> {
    if error.is_transient() {
        Error::transient(error)
    } else {
        Error::permanent(error)
    }
}

/// Exponential, with jitter of half of each delay up or down. It has no limit of attempts, but a limit of time.
pub fn strategy() -> ExponentialBackoff {
    ExponentialBackoffBuilder::new()
        .with_initial_interval(BASE)
        .with_multiplier(2.0)
        .with_max_interval(CAP)
        .with_max_elapsed_time(Some(Duration::from_secs(60)))
        .build()
}

/// Exponential, with its jitter.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let op = move || async move { op().await.map_err(classified) };
    ::backoff::future::retry(strategy(), op)
}

/// Without a wait, and without a limit.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let op = move || async move { op().await.map_err(classified) };
    ::backoff::future::retry(Zero {}, op)
}
