//! What `on` cannot be.

use std::io;

use retryable::retryable;

#[retryable(on = "transiet")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on = "always")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on = "5xx")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on = 503)]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
