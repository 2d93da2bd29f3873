//! An early return of the wrong type.

use std::io;

use retryable::retryable;

#[retryable]
async fn number(ready: bool) -> io::Result<u32> {
    if !ready {
        return Err("not ready");
    }
    Ok(1)
}

fn main() {}
