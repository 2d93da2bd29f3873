//! The attribute does not see what a macro expands to, but the compiler does.

use std::io;

use retryable::retryable;

macro_rules! stop {
    () => {
        continue
    };
}

#[retryable(before_retry = stop!())]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
