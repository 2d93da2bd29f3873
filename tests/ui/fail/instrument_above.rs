//! A receiver that `#[instrument]` would move into the first attempt.

use std::io;
use std::sync::Arc;

use retryable::retryable;
use tracing::instrument;

struct Client;

impl Client {
    #[instrument(skip_all)]
    #[retryable]
    async fn mutable(&mut self) -> io::Result<()> {
        Ok(())
    }

    #[instrument(skip_all, ret)]
    #[retryable]
    async fn shared(self: Arc<Self>) -> io::Result<()> {
        Ok(())
    }

    #[instrument(skip_all, err)]
    #[retryable]
    fn blocking(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {}
