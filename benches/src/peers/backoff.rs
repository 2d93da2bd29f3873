//! backoff: `backoff::future::retry(backoff, op)`, where errors say whether they are transient.

use std::time::Duration;

use ::backoff::backoff::Zero;
use ::backoff::{Error, ExponentialBackoff, ExponentialBackoffBuilder};

use super::{BASE, Busy, CAP, Outcome};

fn told(error: Busy) -> Error<Busy> {
    if error.is_transient() {
        Error::transient(error)
    } else {
        Error::permanent(error)
    }
}

/// Exponential, half more or less than each delay. It knows no limit of attempts, but one of time.
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
    let op = move || async move { op().await.map_err(told) };
    ::backoff::future::retry(strategy(), op)
}

/// Without a wait, and without a limit.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let op = move || async move { op().await.map_err(told) };
    ::backoff::future::retry(Zero {}, op)
}
