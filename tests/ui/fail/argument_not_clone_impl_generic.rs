//! A type parameter of the impl.

use std::io;

use retryable::retryable;

struct Client<T>(T);

impl<T> Client<T> {
    #[retryable]
    async fn send(&self, item: T) -> io::Result<T> {
        Ok(item)
    }
}

fn main() {}
