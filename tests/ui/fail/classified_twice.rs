//! Two crates classify the same error, and nothing says which counts.

use std::fmt;

use retryable::{Class, Classify, retryable};

struct Storage;
struct Network;

impl Classify<Storage> for fmt::Error {
    fn classify(&self) -> Class {
        Class::Permanent
    }
}

impl Classify<Network> for fmt::Error {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

#[retryable]
fn call() -> Result<u32, fmt::Error> {
    Err(fmt::Error)
}

#[retryable(name = "settle")]
fn with_settings() -> Result<u32, fmt::Error> {
    Err(fmt::Error)
}

fn main() {}
