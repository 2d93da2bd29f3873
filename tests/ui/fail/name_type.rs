//! `name` is a string.

use std::io;

use retryable::retryable;

#[retryable(name = 5)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(name = String::new())]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
