use std::io;

use retryable::retryable;

#[retryable(timer = "5s")]
async fn text() -> io::Result<u32> {
    Ok(1)
}

#[retryable(timer)]
async fn without_a_value() -> io::Result<u32> {
    Ok(1)
}

#[retryable(sleep_with = 1)]
async fn unknown() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
