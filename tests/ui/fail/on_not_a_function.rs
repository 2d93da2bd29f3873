//! A value that cannot be called.

use std::io;

use retryable::retryable;

#[retryable(on = io::ErrorKind::TimedOut)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
