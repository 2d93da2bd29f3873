//! `until` takes the value and returns whether it is the last.

use std::io;

use retryable::retryable;

#[retryable(until = |state| state.len())]
async fn call() -> io::Result<String> {
    Ok(String::new())
}

fn main() {}
