//! `self` is never cloned, and is used up by the first attempt.

use std::io;

use retryable::retryable;

struct Request(String);

impl Request {
    #[retryable]
    async fn send(self) -> io::Result<String> {
        Ok(self.0)
    }
}

fn main() {}
