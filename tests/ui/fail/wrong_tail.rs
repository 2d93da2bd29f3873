//! The value that the body ends with is of another type.

use std::io;

use retryable::retryable;

#[retryable]
async fn name() -> io::Result<String> {
    Ok("name")
}

fn main() {}
