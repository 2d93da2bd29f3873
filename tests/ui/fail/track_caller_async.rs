//! Of an `async fn`, the compiler says that it has no effect.

#![deny(warnings)]

use std::io;

use retryable::retryable;

#[retryable]
#[track_caller]
async fn awaited() -> io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = awaited();
}
