//! A mistake in the body.

use std::io;

use retryable::retryable;

#[retryable]
async fn call(number: u32) -> io::Result<u32> {
    let number = nmuber + 1;
    Ok(number.len())
}

fn main() {}
