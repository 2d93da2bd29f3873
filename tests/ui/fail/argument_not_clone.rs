//! Every attempt needs its own argument.

use std::io;

use retryable::retryable;

struct Body(Vec<u8>);

#[retryable]
async fn send(body: Body) -> io::Result<usize> {
    Ok(body.0.len())
}

fn main() {}
