//! Two keys without a comma.

use std::io;

use retryable::retryable;

#[retryable(max = 3 backoff = "exp")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = 3; backoff = "exp")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(share(a) max = 3)]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
