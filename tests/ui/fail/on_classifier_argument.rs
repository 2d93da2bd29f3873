//! A classifier for another error.

use std::io;

use retryable::retryable;

fn classify(_: &std::fmt::Error) -> bool {
    false
}

#[retryable(on = classify)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
