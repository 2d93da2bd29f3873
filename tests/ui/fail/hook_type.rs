//! Hooks take an event.

use std::io;

use retryable::retryable;

#[retryable(on_retry = |event, more| {})]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
