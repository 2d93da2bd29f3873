//! again: `policy.retry_if(op, condition)`, with its own timer.

use std::sync::LazyLock;
use std::time::Duration;

use ::again::RetryPolicy;

use super::{ATTEMPTS, BASE, Busy, CAP, MANY, Outcome};

static POLICY: LazyLock<RetryPolicy> = LazyLock::new(|| {
    RetryPolicy::exponential(BASE)
        .with_max_delay(CAP)
        .with_jitter(true)
        .with_max_retries(ATTEMPTS as usize - 1)
});

static AT_ONCE: LazyLock<RetryPolicy> =
    LazyLock::new(|| RetryPolicy::fixed(Duration::ZERO).with_max_retries(MANY as usize - 1));

/// Exponential, with its jitter.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    POLICY.retry_if(op, |error: &Busy| error.is_transient())
}

/// Without a wait.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    AT_ONCE.retry_if(op, |error: &Busy| error.is_transient())
}
