//! tokio-retry: `RetryIf::start(strategy, action, condition)`.

use ::tokio_retry::RetryIf;
use ::tokio_retry::strategy::{ExponentialBackoff, FixedInterval, jitter};

use super::{ATTEMPTS, Busy, CAP, MANY, Outcome};

/// 2 to the n times 50 ms, with full jitter.
pub fn delays() -> impl Iterator<Item = std::time::Duration> {
    ExponentialBackoff::from_millis(2)
        .factor(50)
        .max_delay(CAP)
        .map(jitter)
}

/// Exponential, with full jitter.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    RetryIf::start(delays().take(ATTEMPTS as usize - 1), op, |error: &Busy| {
        error.is_transient()
    })
}

/// Without a wait.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let strategy = FixedInterval::from_millis(0).take(MANY as usize - 1);
    RetryIf::start(strategy, op, |error: &Busy| error.is_transient())
}
