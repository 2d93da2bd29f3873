//! `crate` is an absolute path.

use std::io;

use retryable::retryable;

#[retryable(crate = retryable)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(crate = "::retryable")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(crate = retry_core::x)]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
