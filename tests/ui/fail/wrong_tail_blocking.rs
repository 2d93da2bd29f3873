//! As for an `async fn`.

use std::io;

use retryable::retryable;

#[retryable]
fn name() -> io::Result<String> {
    Ok("name")
}

fn main() {}
