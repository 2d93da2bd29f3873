//! What `jitter` cannot be.

use std::io;

use retryable::retryable;

#[retryable(jitter = "some")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(jitter = 1.5)]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(jitter = -0.1)]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(jitter = 2)]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(jitter = true)]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
