//! An error that hides what it is, without a list of causes.

use std::error::Error;

use retryable::retryable;

#[retryable]
async fn call() -> Result<u32, Box<dyn Error + Send + Sync>> {
    Ok(1)
}

fn main() {}
