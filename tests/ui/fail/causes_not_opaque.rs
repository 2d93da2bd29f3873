//! `causes` for an error that hides nothing.

use retryable::retryable;

struct MyError;

#[retryable(on = causes(std::io::Error))]
fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
