//! A blocking function cannot be interrupted.

use std::io;
use retryable::retryable;

#[retryable(attempt_timeout = "2s")]
fn call() -> io::Result<u32> {
    Ok(1)
}

#[retryable(deadline = "2s")]
fn with_deadline() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
