//! A body that cannot be parsed.

use std::io;

use retryable::retryable;

#[retryable]
async fn call(number: u32) -> io::Result<u32> {
    let number = ;
    Ok(number)
}

fn main() {}
