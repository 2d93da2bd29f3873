//! A budget that is none.

use retryable::retryable;

const SHARE: f64 = 0.2;

#[retryable(budget = SHARE)]
fn fetch() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
