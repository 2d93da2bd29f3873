//! retry-if: an attribute with a configuration and a predicate. It has no jitter.

#![expect(
    unexpected_cfgs,
    reason = "the attribute asks for a feature of the crate that it is used in"
)]

use std::time::Duration;

use ::retry_if::{ExponentialBackoffConfig, retry};

use super::{ATTEMPTS, BASE, CAP, MANY, Outcome};

const CONFIG: ExponentialBackoffConfig = ExponentialBackoffConfig {
    max_retries: ATTEMPTS - 1,
    t_wait: BASE,
    backoff: 2.0,
    t_wait_max: None,
    backoff_max: Some(CAP),
};

const AT_ONCE: ExponentialBackoffConfig = ExponentialBackoffConfig {
    max_retries: MANY - 1,
    t_wait: Duration::ZERO,
    backoff: 1.0,
    t_wait_max: None,
    backoff_max: None,
};

fn is_transient(outcome: &Outcome) -> bool {
    matches!(outcome, Err(error) if error.is_transient())
}

/// Exponential, without jitter.
#[retry(CONFIG, is_transient)]
pub async fn call<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op().await
}

/// Without a wait.
#[retry(AT_ONCE, is_transient)]
pub async fn at_once<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op().await
}
