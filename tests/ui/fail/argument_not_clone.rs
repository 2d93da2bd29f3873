//! Every attempt needs an argument of its own.

use std::io;

use retryable::retryable;

struct Body(Vec<u8>);

#[retryable]
async fn send(body: Body) -> io::Result<usize> {
    Ok(body.0.len())
}

fn main() {}
