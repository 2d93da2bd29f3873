//! A key alone.

use std::io;

use retryable::retryable;

#[retryable(max)]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max =)]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

#[retryable(max = ,)]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(backoff = , max = 3)]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(share)]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

#[retryable(share())]
async fn f5() -> io::Result<u32> {
    Ok(1)
}

#[retryable(share = a)]
async fn f6() -> io::Result<u32> {
    Ok(1)
}

#[retryable(crate)]
async fn f7() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on =)]
async fn f8() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
