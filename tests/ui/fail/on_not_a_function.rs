//! A value that cannot be called.

use std::io;

use retryable::retryable;

const RETRIED: io::ErrorKind = io::ErrorKind::TimedOut;

#[retryable(on = RETRIED)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
