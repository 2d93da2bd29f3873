//! A struct.

use retryable::retryable;

#[retryable(max = 3)]
struct Client {
    url: String,
}

fn main() {}
