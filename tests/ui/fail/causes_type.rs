//! A cause that does not say which of its values are worth another attempt.

use retryable::retryable;

#[retryable(on = causes(std::io::Error, std::fmt::Error))]
fn call() -> Result<u32, Box<dyn std::error::Error>> {
    Ok(1)
}

fn main() {}
