//! A class or an error in place of a word.

use std::io;

use retryable::{Class, Classify, On, retryable};

#[derive(Classify)]
#[classify(transient)]
enum ApiError {
    Busy,
}

#[retryable(on = Class::Transient)]
async fn class() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on = On::Any)]
async fn rung() -> io::Result<u32> {
    Ok(1)
}

#[retryable(on = ApiError::Busy)]
async fn variant() -> Result<u32, ApiError> {
    Ok(1)
}

fn main() {}
