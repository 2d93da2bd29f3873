//! A loop written without a library.

use std::time::Duration;

use super::{ATTEMPTS, BASE, CAP, MANY, Outcome};

/// Exponential, with full jitter.
pub async fn call<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let mut attempt = 1;
    let mut delay = BASE;
    loop {
        match op().await {
            Ok(value) => return Ok(value),
            Err(error) if attempt >= ATTEMPTS || !error.is_transient() => return Err(error),
            Err(_) => {}
        }
        tokio::time::sleep(delay.mul_f64(fastrand::f64())).await;
        delay = (delay * 2).min(CAP);
        attempt += 1;
    }
}

/// Without a wait.
pub async fn at_once<F, Fut>(op: &F) -> Outcome
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome>,
{
    let mut attempt = 1;
    loop {
        match op().await {
            Ok(value) => return Ok(value),
            Err(error) if attempt >= MANY || !error.is_transient() => return Err(error),
            Err(_) => attempt += 1,
        }
    }
}

/// Returns a delay, and computes the next one: exponential, with full jitter.
pub fn delay(next: &mut Duration) -> Duration {
    let delay = *next;
    *next = (delay * 2).min(CAP);
    delay.mul_f64(fastrand::f64())
}
