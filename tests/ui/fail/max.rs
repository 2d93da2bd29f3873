//! What `max` and `max_retries` cannot be.

use std::io;

use retryable::retryable;

#[retryable(max = 0)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = "3")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = -1)]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = 5_000_000_000)]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = 2.5)]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_retries = -1)]
async fn f5() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_retries = true)]
async fn f6() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
