//! A shared argument is used up by the first attempt.

use std::io;

use retryable::retryable;

#[retryable(share(text))]
async fn send(text: String) -> io::Result<Vec<u8>> {
    Ok(text.into_bytes())
}

fn main() {}
