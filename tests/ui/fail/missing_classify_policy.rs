//! The policy asks the error, which does not say.

use retryable::retryable;
use retryable::Policy;

const POLICY: Policy = Policy::new();

struct MyError;

#[retryable(policy = POLICY)]
async fn call() -> Result<u32, MyError> {
    Err(MyError)
}

fn main() {}
