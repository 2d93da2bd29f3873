//! A name that the function does not have.

use std::io;

use retryable::retryable;

struct Client;

impl Client {
    #[retryable(before_retry = self.reconnect().await)]
    async fn call(&mut self) -> io::Result<u32> {
        Ok(1)
    }
}

fn main() {}
