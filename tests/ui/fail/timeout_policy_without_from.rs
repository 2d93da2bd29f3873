//! The policy limits attempts.

use std::time::Duration;

use retryable::{Exponential, On, Policy, TimeLimit, retryable};

const POLICY: Policy<Exponential, On, TimeLimit> =
    Policy::new().attempt_timeout(Duration::from_secs(1));

struct MyError;

impl retryable::Classify for MyError {
    fn classify(&self) -> retryable::Class {
        retryable::Class::Transient
    }
}

#[retryable(policy = POLICY)]
async fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
