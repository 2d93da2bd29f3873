//! A marker by which nothing classifies the error.

use std::fmt;

use retryable::{Class, Classify, retryable};

struct Storage;
struct Network;

impl Classify<Storage> for fmt::Error {
    fn classify(&self) -> Class {
        Class::Permanent
    }
}

#[retryable(via = Network)]
fn call() -> Result<u32, fmt::Error> {
    Err(fmt::Error)
}

fn main() {}
