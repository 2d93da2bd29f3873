//! As for an `async fn`.

use std::io;

use retryable::retryable;

struct Body(Vec<u8>);

#[retryable]
fn send(body: Body) -> io::Result<usize> {
    Ok(body.0.len())
}

fn main() {}
