//! A `const fn` cannot wait.

use std::io;

use retryable::retryable;

#[retryable]
const fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
