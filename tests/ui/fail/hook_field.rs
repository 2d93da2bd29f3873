//! A field that an event does not have.

use std::io;

use retryable::retryable;

#[retryable(on_give_up = |event| println!("{}", event.attempt))]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
