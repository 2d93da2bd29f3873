//! As for an `async fn`.

use retryable::retryable;

struct MyError;

#[retryable]
fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
