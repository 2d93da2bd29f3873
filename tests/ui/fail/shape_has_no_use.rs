//! Keys that have no meaning for a shape.

use std::io;

use retryable::retryable;

#[retryable(backoff = "none", base = "1s")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "fixed", factor = 2.0)]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "linear", factor = 2.0)]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = retryable::NoDelay, jitter = "full")]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
