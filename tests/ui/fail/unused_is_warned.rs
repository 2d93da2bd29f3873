//! The user's own lints stand at the user's tokens.

#![deny(warnings)]

use std::io;

use retryable::retryable;

#[retryable]
async fn call(unused: u32, mut list: Vec<u8>) -> io::Result<usize> {
    let variable = 1;
    Ok(list.len())
}

fn main() {}
