//! The function has no loop: the one that retries is generated.

use std::io;

use retryable::retryable;

#[retryable(before_retry = { break Ok(99) })]
async fn f0() -> io::Result<u32> {
    Ok(1)
}

#[retryable(before_retry = if *calls > 1 { continue })]
fn f1(calls: &u32) -> io::Result<u32> {
    Ok(*calls)
}

#[retryable(before_retry = for _ in [break] {})]
async fn f2() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on_retry = { if true { break Ok(1); } |_| {} })]
async fn f3() -> io::Result<u32> {
    Ok(1)
}

#[retryable(until = { if true { continue } |_| true })]
async fn f4() -> io::Result<u32> {
    Ok(1)
}

#[retryable(policy = match *n { 0 => break Ok(1), _ => retryable::Policy::new() })]
async fn f5(n: &u32) -> io::Result<u32> {
    Ok(*n)
}

fn main() {}
