//! An error that does not convert.

use retryable::retryable;

struct MyError;

impl retryable::Classify for MyError {
    fn classify(&self) -> retryable::Class {
        retryable::Class::Permanent
    }
}

#[retryable]
async fn read(path: &str) -> Result<String, MyError> {
    let text = std::fs::read_to_string(path)?;
    Ok(text)
}

fn main() {}
