//! A boxed closure.

use std::io;

use retryable::retryable;

#[retryable]
async fn send(done: Box<dyn Fn()>) -> io::Result<()> {
    done();
    Ok(())
}

fn main() {}
