//! The error type stands in an alias.

use retryable::retryable;

struct MyError;

type MyResult<T> = Result<T, MyError>;

#[retryable]
async fn call() -> MyResult<u32> {
    Err(MyError)
}

fn main() {}
