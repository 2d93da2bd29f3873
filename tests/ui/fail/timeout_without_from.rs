//! An attempt that is cut off needs an error to return.

use retryable::retryable;

#[derive(Clone, Debug)]
struct MyError;

impl retryable::Classify for MyError {
    fn classify(&self) -> retryable::Class {
        retryable::Class::Transient
    }
}

#[retryable(attempt_timeout = "2s")]
async fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
