//! tokio-retry2: `Retry::spawn(strategy, action)`, whose errors state whether they are transient.

use ::tokio_retry2::strategy::{ExponentialFactorBackoff, FixedInterval, jitter};
use ::tokio_retry2::{Retry, RetryError};

use super::{ATTEMPTS, Busy, CAP, MANY, Outcome};

fn classified(error: Busy) -> RetryError<Busy> {
    if error.is_transient() {
        RetryError::transient(error)
    } else {
        RetryError::permanent(error)
    }
}

/// Its delays, without an end.
pub fn delays() -> impl Iterator<Item = std::time::Duration> {
    ExponentialFactorBackoff::from_millis(100, 2.0)
        .max_delay(CAP)
        .map(jitter)
}

/// Exponential, with full jitter.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let action = move || async move { op().await.map_err(classified) };
    Retry::spawn(delays().take(ATTEMPTS as usize - 1), action)
}

/// Without a wait.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let strategy = FixedInterval::from_millis(0).take(MANY as usize - 1);
    let action = move || async move { op().await.map_err(classified) };
    Retry::spawn(strategy, action)
}
