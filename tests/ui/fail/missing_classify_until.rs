//! The error type does not classify itself, and `until` does not change that.

use retryable::retryable;

struct MyError;

#[retryable(until = |n| *n == 3)]
async fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
