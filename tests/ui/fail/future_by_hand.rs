//! A function that returns a future is not one that can be awaited again.

use std::io;

use retryable::retryable;
use std::future::Future;

#[retryable]
fn call() -> impl Future<Output = io::Result<u32>> {
    async { Ok(1) }
}

fn main() {}
