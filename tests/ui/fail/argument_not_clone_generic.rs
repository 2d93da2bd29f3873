//! A type parameter that is not known to be `Clone`.

use std::io;

use retryable::retryable;

#[retryable]
async fn send<T: AsRef<str>>(text: T) -> io::Result<usize> {
    Ok(text.as_ref().len())
}

fn main() {}
