//! A type parameter that is not known to classify itself.

use retryable::retryable;

#[retryable]
async fn call<E: Clone>(error: E) -> Result<u32, E> {
    Err(error)
}

fn main() {}
