//! A key that is given twice.

use std::io;

use retryable::retryable;

#[retryable(max = 3, max = 4)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = 3, base = "1s", max_retries = 2)]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
