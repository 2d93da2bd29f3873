//! A plain value of another type.

use retryable::retryable;

#[retryable(until = |n| *n > 1)]
async fn number() -> u32 {
    "1"
}

fn main() {}
