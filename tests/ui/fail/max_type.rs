//! A constant of another type.

use std::io;

use retryable::retryable;

const MAX: usize = 3;

#[retryable(max = MAX)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
