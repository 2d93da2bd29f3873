//! The type of the argument cannot be named.

use std::io;

use retryable::retryable;

#[retryable]
async fn send(text: impl Into<String>) -> io::Result<String> {
    Ok(text.into())
}

fn main() {}
