//! `until` is a function.

use std::io;

use retryable::retryable;

#[retryable(until = true)]
async fn call() -> io::Result<bool> {
    Ok(true)
}

fn main() {}
