//! Types of which no value would ever be retried.

use retryable::Classify;

#[derive(Classify)]
enum Forgotten {
    Busy,
    NotFound,
}

#[derive(Classify)]
struct Unmarked;

#[derive(Classify)]
enum EachPermanent {
    #[classify(permanent)]
    Busy,
}

#[derive(Classify)]
#[classify(permanent)]
enum Meant {
    NotFound,
}

fn main() {}
