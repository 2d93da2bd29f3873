//! A plain value has no error for an attempt that is cut short.

use retryable::retryable;

#[retryable(timeout = "2s", until = |n| *n > 1)]
async fn call() -> u32 {
    1
}

fn main() {}
