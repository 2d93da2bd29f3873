//! Nothing is returned that could fail.

use retryable::retryable;

#[retryable]
async fn log(line: &str) {
    println!("{line}");
}

fn main() {}
