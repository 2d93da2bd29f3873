//! A shape that is not known when the code is compiled.

use std::io;

use retryable::retryable;
use std::time::Duration;

fn shape() -> retryable::Fixed {
    retryable::Fixed::new(Duration::from_secs(1))
}

#[retryable(backoff = shape())]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
