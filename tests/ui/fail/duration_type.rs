//! An expression of another type.

use std::io;

use retryable::retryable;

const BASE: u64 = 100;

#[retryable(base = BASE)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
