//! mulligan: `mulligan::until(done).stop_after(n).execute(async || op().await)`.

use std::time::Duration;

use super::{ATTEMPTS, BASE, CAP, MANY, Outcome};

fn is_done(outcome: &Outcome) -> bool {
    !matches!(outcome, Err(error) if error.is_transient())
}

/// Exponential, with full jitter.
pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    ::mulligan::until(is_done)
        .stop_after(ATTEMPTS - 1)
        .max_delay(CAP)
        .exponential(BASE)
        .full_jitter()
        .execute(async || op().await)
}

/// Without a wait.
pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    ::mulligan::until(is_done)
        .stop_after(MANY - 1)
        .fixed(Duration::ZERO)
        .execute(async || op().await)
}
