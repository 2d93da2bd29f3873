//! A blocking function cannot await.

use std::io;

use retryable::retryable;

#[retryable]
fn call() -> io::Result<u32> {
    std::future::ready(()).await;
    Ok(1)
}

fn main() {}
