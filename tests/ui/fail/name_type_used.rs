//! `name` is a string that is known when the code is compiled.

use std::io;

use retryable::retryable;

#[retryable(name = String::from("call"), on_retry = |_| {})]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
