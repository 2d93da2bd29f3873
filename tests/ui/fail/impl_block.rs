//! Settings of an `impl` block.

use retryable::retryable;

struct Client;

#[retryable(max = 3)]
impl Client {
    async fn nothing_to_retry(&self) {}
}

#[retryable(max = 0, backof = "exp", share(body))]
impl Client {
    #[retryable]
    fn fetch(&self) -> Result<(), std::io::Error> {
        Ok(())
    }
}

#[retryable(max = 3)]
impl Client {
    #[retryable(max = 0)]
    fn its_own_mistake(&self) -> Result<(), std::io::Error> {
        Ok(())
    }
}

fn main() {}
