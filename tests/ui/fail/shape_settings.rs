//! What `floor`, `throttled_base`, `first_at_once` and `cut_retry_after` cannot be.

use std::io;
use std::time::Duration;

use retryable::retryable;

#[retryable(floor = "30s")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(floor = "2s", cap = "1s")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(throttled_base = "50ms")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(base = "1s", cap = "5s", throttled_base = "10s")]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(first_at_once = "yes")]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

#[retryable(cut_retry_after = 1)]
async fn f5() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = "fixed", floor = "1s")]
async fn f6() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = [Duration::ZERO], throttled_base = "1s", first_at_once = true)]
async fn f7() -> io::Result<u32> {
    Ok(1)
}

#[retryable(jitter = "100")]
async fn f8() -> io::Result<u32> {
    Ok(1)
}

#[retryable(immediate = true)]
async fn f9() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
