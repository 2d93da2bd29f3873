//! `self` is not known when the code is compiled.

use std::io;

use retryable::retryable;

struct Client {
    max: u32,
    limit: std::time::Duration,
}

impl Client {
    #[retryable(max = self.max, deadline = self.limit)]
    async fn call(&self) -> io::Result<u32> {
        Ok(1)
    }
}

fn main() {}
