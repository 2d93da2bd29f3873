//! A plain value has no error for an attempt that is cut off.

use retryable::retryable;

#[retryable(attempt_timeout = "2s", until = |n| *n > 1)]
async fn call() -> u32 {
    1
}

fn main() {}
