//! backon-macros: an attribute around backon, with paths to its builder and its predicate.

use ::backon::{ConstantBuilder, ExponentialBuilder};
use ::backon_macros::backon;

use super::{Busy, MANY, Outcome, backon::BUILDER};

fn exponential() -> ExponentialBuilder {
    BUILDER
}

fn none() -> ConstantBuilder {
    ConstantBuilder::new()
        .with_delay(std::time::Duration::ZERO)
        .with_max_times(MANY as usize - 1)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the attribute passes a reference"
)]
fn is_transient(error: &Busy) -> bool {
    error.is_transient()
}

/// Exponential, with the jitter of backon: up to as much again on top.
#[backon(backoff = exponential, when = is_transient)]
pub async fn call<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op().await
}

/// Without a wait.
#[backon(backoff = none, when = is_transient)]
pub async fn at_once<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op().await
}
