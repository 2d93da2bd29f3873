//! `policy` stands in place of the settings.

use std::io;

use retryable::retryable;
use retryable::Policy;

const POLICY: Policy = Policy::new();

#[retryable(max = 3, policy = POLICY, on = "any")]
async fn call() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
