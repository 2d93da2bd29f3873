//! `crate` is the path to a crate of this framework.

use std::io;

use retryable::retryable;

#[retryable(crate = ::no_such_crate)]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
