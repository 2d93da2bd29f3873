//! What a duration cannot be.

use std::io;

use retryable::retryable;

#[retryable(base = 100)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(base = "100")]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(base = "1 parsec")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(base = "")]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(cap = -1)]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

#[retryable(attempt_timeout = "soon")]
async fn f5() -> io::Result<u32> {
    Ok(1)
}

#[retryable(deadline = 1.5)]
async fn f6() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_retry_after = "-1s")]
async fn f7() -> io::Result<u32> {
    Ok(1)
}

#[retryable(attempt_timeout = "0s")]
async fn f8() -> io::Result<u32> {
    Ok(1)
}

#[retryable(deadline = "0ms")]
async fn f9() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
