//! A method without a body.

use std::io;

use retryable::retryable;

trait Api {
    #[retryable]
    async fn call(&self) -> io::Result<u32>;
}

fn main() {}
