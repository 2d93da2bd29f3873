//! A constant is checked by the compiler.

use retryable::{Class, Classify, retryable};

struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

const NEVER: u32 = 0;

#[retryable(max = NEVER)]
fn call() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {
    let _ = call();
}
