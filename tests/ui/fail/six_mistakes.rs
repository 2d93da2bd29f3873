//! All mistakes are reported at once.

use std::io;

use retryable::retryable;

#[retryable(
    max = 0,
    backof = "exp",
    backoff = "expo",
    max = 3,
    retries = 5,
    jitter
)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

async fn caller() -> io::Result<u32> {
    // Known all the same.
    call().await
}

fn main() {}
