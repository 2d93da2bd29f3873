//! A part of a pattern.

use std::io;

use retryable::retryable;

struct Token;

#[retryable]
async fn send((id, _token): (u32, Token)) -> io::Result<u32> {
    Ok(id)
}

fn main() {}
