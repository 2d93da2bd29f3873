//! The body holds what cannot go to another thread.

use std::io;

use retryable::retryable;
use std::rc::Rc;

#[retryable]
async fn call() -> io::Result<u32> {
    let number = Rc::new(1);
    tokio::task::yield_now().await;
    Ok(*number)
}

#[tokio::main]
async fn main() {
    let _ = tokio::spawn(call()).await;
}
