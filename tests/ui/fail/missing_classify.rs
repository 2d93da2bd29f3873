//! The error type does not say what is worth another attempt.

use retryable::retryable;

#[derive(Debug)]
struct MyError;

#[retryable(max = 5)]
async fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
