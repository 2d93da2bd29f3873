//! A blocking function cannot be interrupted.

use std::io;

use retryable::retryable;

#[retryable(timeout = "2s")]
fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
