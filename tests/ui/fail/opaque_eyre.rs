//! A report of eyre, which hides what it is, without a list of causes.

use retryable::retryable;

#[retryable]
async fn call() -> eyre::Result<u32> {
    Ok(1)
}

fn main() {}
