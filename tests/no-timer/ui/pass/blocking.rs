//! A blocking function needs no timer, and its constant is in range.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use retryable::{Class, Classify, retryable};

#[derive(Debug)]
struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

const ONCE: u32 = 1;

#[retryable(max = ONCE)]
fn call(count: &AtomicU32) -> Result<u32, Busy> {
    count.fetch_add(1, Relaxed);
    Err(Busy)
}

fn main() {
    let count = AtomicU32::new(0);
    assert!(call(&count).is_err());
    assert_eq!(count.load(Relaxed), 1);
}
