//! Words that `#[classify]` does not know, and words that contradict each other.

use retryable::Classify;

#[derive(Classify)]
enum Unknown {
    #[classify(transiant)]
    Misspelled,
    #[classify(fatal)]
    OtherName,
    #[classify(colour = "red")]
    NoSuchThing,
    #[classify()]
    Empty,
}

#[derive(Classify)]
#[classify(crate = ::retryable)]
enum Contradiction {
    #[classify(transient, permanent)]
    TwoClasses,
    #[classify(inner)]
    #[classify(throttled)]
    TwoAttributes(std::io::Error),
    #[classify(transient, retry_after = wait)]
    NotThrottled { wait: std::time::Duration },
    #[classify(throttled, retry_after = wait, retry_after = wait)]
    Twice { wait: std::time::Duration },
    #[classify(crate = ::retryable)]
    CrateOnVariant,
}

#[derive(Classify)]
#[classify(with = judge)]
enum JudgedWhole {
    #[classify(transient)]
    ByItself,
}

fn judge(_: &JudgedWhole) -> bool {
    true
}

fn main() {}
