//! Limits that contradict each other.

use std::io;

use retryable::retryable;

#[retryable(attempt_timeout = "2s", deadline = "1s")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(base = "2s", cap = "1s")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(cap = "1ms")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
