//! An error inside that does not say what it is.

use retryable::Classify;

struct Foreign;

#[derive(Classify)]
enum ApiError {
    #[classify(inner)]
    Other(Foreign),
}

fn main() {}
