//! An argument is not known when the code is compiled.

use std::io;

use retryable::retryable;

#[retryable(max = attempts)]
async fn call(attempts: u32) -> io::Result<u32> {
    Ok(attempts)
}

#[retryable(base = base, cap = base * 2)]
fn part((base, _): (std::time::Duration, u8)) -> io::Result<u32> {
    Ok(base.subsec_nanos())
}

fn main() {}
