//! Words that are no keys.

use std::io;

use retryable::retryable;

#[retryable(backof = "exp")]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(retries = 3)]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(delay = "1s")]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(colour = "red")]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_backoff = "1s")]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

#[retryable(5)]
async fn f5() -> io::Result<u32> {
    Ok(1)
}

#[retryable("exp")]
async fn f6() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max == 3)]
async fn f7() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max(3))]
async fn f8() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_times = 3)]
async fn f9() -> io::Result<u32> {
    Ok(1)
}

#[retryable(attempts = 3, delay = 500)]
async fn f10() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max_attempt = 3)]
async fn f11() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
