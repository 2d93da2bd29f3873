//! Classifiers that take or return something else.

use retryable::Classify;

#[derive(Classify)]
enum ApiError {
    #[classify(with = takes_another)]
    Takes(u16),
    #[classify(with = returns_another)]
    Returns(u16),
}

fn takes_another(_: &String) -> bool {
    true
}

fn returns_another(_: &u16) -> u8 {
    0
}

fn main() {}
