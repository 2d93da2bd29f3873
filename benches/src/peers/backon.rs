//! backon: `(|| op()).retry(ExponentialBuilder::default()).when(..)`.

use ::backon::{ConstantBuilder, ExponentialBuilder, Retryable};

use super::{ATTEMPTS, BASE, Busy, CAP, MANY, Outcome};

/// The builder of its delays.
pub const BUILDER: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(BASE)
    .with_max_delay(CAP)
    .with_max_times(ATTEMPTS as usize - 1)
    .with_jitter();

/// Exponential, with its jitter: up to as much again on top.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    op.retry(BUILDER).when(|error: &Busy| error.is_transient())
}

/// Without a wait.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    const BUILDER: ConstantBuilder = ConstantBuilder::new()
        .with_delay(std::time::Duration::ZERO)
        .with_max_times(MANY as usize - 1);
    op.retry(BUILDER).when(|error: &Busy| error.is_transient())
}
