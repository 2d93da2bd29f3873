//! `Ok(..)` is missing.

use std::io;

use retryable::retryable;

#[retryable]
async fn name() -> io::Result<String> {
    String::new()
}

fn main() {}
