//! Minutes where milliseconds were meant.

use std::io;

use retryable::retryable;

#[retryable(base = "100m")]
fn minutes() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "linear", base = "21s")]
fn linear() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "fixed", base = "100m")]
fn fixed_has_no_cap() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
