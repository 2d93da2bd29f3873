//! The last statement ends with a semicolon.

use std::io;

use retryable::retryable;

#[retryable]
async fn number() -> io::Result<u32> {
    Ok(1);
}

fn main() {}
