//! An error that hides what it is, without a list of causes.

use retryable::retryable;

#[retryable]
async fn call() -> anyhow::Result<u32> {
    Ok(1)
}

fn main() {}
