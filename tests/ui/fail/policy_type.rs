//! What is no policy.

use std::io;

use retryable::retryable;

struct Client {
    policy: u32,
}

impl Client {
    #[retryable(policy = self.policy)]
    async fn call(&self) -> io::Result<u32> {
        Ok(1)
    }
}

fn main() {}
