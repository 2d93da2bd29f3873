//! A constant is checked by the compiler.

use std::io;

use retryable::retryable;

const NEVER: u32 = 0;

#[retryable(max = NEVER)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

#[tokio::main]
async fn main() {
    let _ = call().await;
}
