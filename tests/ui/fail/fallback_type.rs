use std::io;

use retryable::{GiveUp, retryable};

#[retryable(fallback = |_| 7)]
async fn not_the_output() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = |_, _| Ok("cached"))]
fn another_value() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = |error: String, reason: GiveUp| Err(io::Error::other(error)))]
fn another_error() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = |error| load().await)]
fn waits() -> io::Result<u32> {
    Ok(1)
}

async fn load() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
