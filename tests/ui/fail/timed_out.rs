//! What `timed_out` cannot be.

use std::io;

use retryable::retryable;

#[retryable(timed_out = |timed_out| io::Error::other(timed_out))]
async fn nothing_is_cut_off() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_elapsed_time = "1s")]
async fn max_elapsed_time() -> io::Result<u32> {
    Ok(1)
}

#[retryable(total_timeout = "1s")]
async fn total_timeout() -> io::Result<u32> {
    Ok(1)
}

#[retryable(per_attempt_timeout = "1s")]
async fn per_attempt_timeout() -> io::Result<u32> {
    Ok(1)
}

#[retryable(timeout = "1s")]
async fn timeout() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
