//! The body is not written yet.

use std::io;

use retryable::retryable;

#[retryable]
async fn number() -> io::Result<u32> {}

fn main() {}
