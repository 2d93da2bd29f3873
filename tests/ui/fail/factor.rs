//! What `factor` cannot be.

use std::io;

use retryable::retryable;

#[retryable(factor = 0.5)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(factor = -2.0)]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(factor = "2")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
