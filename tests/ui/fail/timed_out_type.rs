//! `timed_out` makes an error of the type that the function returns.

use std::io;

use retryable::retryable;

#[retryable(deadline = "1s", timed_out = |timed_out| timed_out.to_string())]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
