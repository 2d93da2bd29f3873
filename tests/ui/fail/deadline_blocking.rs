//! A policy that cuts attempts off does not fit a blocking call.

use std::io;
use std::time::Duration;

use retryable::{Exponential, On, Policy, TimeLimit, retryable};

const POLICY: Policy<Exponential, On, TimeLimit> = Policy::new().deadline(Duration::from_secs(1));

#[retryable(policy = POLICY)]
fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = POLICY.run_blocking(|| io::Result::Ok(1));
}
