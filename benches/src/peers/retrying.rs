//! retrying: an attribute. It has no jitter on an exponential delay, and distinguishes errors by their types.

use super::Outcome;

/// Exponential, without jitter.
#[::retrying::retry(
    stop = attempts(3),
    wait = exponential(multiplier = 0.1, min = 0.0, max = 20.0, exp_base = 2)
)]
pub async fn call<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op().await
}

/// Without a wait.
#[::retrying::retry(stop = attempts(1000), wait = fixed(0.0))]
pub async fn at_once<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op().await
}
