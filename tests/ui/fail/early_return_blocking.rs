//! As for an `async fn`.

use std::io;

use retryable::retryable;

#[retryable]
fn number(ready: bool) -> io::Result<u32> {
    if !ready {
        return 0;
    }
    Ok(1)
}

fn main() {}
