//! What `backoff` cannot be.

use std::io;

use retryable::retryable;

#[retryable(backoff = "expo")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "exponential")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "random")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = 100)]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = Some(1))]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
