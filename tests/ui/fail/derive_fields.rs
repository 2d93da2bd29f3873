//! Fields that are not there, or that do not fit.

use retryable::Classify;
use std::time::Duration;

#[derive(Classify)]
enum Missing {
    #[classify(throttled, retry_after = wiat)]
    Misspelled { wait: Duration },
    #[classify(throttled, retry_after = 2)]
    NoSuchNumber(Duration, u8),
    #[classify(throttled, retry_after = wait)]
    NoFields,
    #[classify(throttled, retry_after)]
    NoName { wait: Duration },
    #[classify(inner)]
    NothingInside,
    #[classify(inner)]
    WhichOne(std::io::Error, std::io::Error),
    #[classify(with = judge)]
    TwoFields(u8, u8),
    #[classify(with)]
    NoClassifier(u8),
}

fn judge(_: &u8) -> bool {
    true
}

#[derive(Classify)]
union Either {
    a: u8,
    b: i8,
}

fn main() {}
