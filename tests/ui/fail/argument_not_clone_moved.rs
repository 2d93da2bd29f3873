//! As above, where the body uses the argument up.

use std::io;

use retryable::retryable;

struct Body(Vec<u8>);

#[retryable]
async fn send(path: &str, mut body: Body) -> io::Result<Vec<u8>> {
    body.0.push(1);
    Ok([path.as_bytes(), &body.0].concat())
}

fn main() {}
