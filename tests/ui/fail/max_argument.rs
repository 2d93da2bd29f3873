//! An argument is not known when the code is compiled.

use std::io;

use retryable::retryable;

#[retryable(max = attempts)]
async fn call(attempts: u32) -> io::Result<u32> {
    Ok(1)
}

fn main() {}
