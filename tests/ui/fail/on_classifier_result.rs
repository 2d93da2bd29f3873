//! A classifier that does not return a class.

use std::io;

use retryable::retryable;

#[retryable(on = |error| error.kind())]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
