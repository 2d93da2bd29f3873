//! A wait that is no duration.

use retryable::Classify;

#[derive(Classify)]
enum ApiError {
    #[classify(throttled, retry_after = seconds)]
    Busy { seconds: u64 },
}

fn main() {}
