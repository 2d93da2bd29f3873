//! An error type with its own `Classify`, which decides for each value whether to retry.
//!
//!     cargo run -p examples --example custom_classify

use std::error::Error;
use std::fmt;
use std::time::Duration;

use retryable::{Class, Classify, retryable};

#[derive(Clone, Debug, PartialEq)]
enum StoreError {
    /// Another writer has changed the value first.
    Conflict,
    /// The store sheds load for this long.
    Overloaded(Duration),
    /// The key does not exist.
    Missing(String),
}

impl Classify for StoreError {
    fn classify(&self) -> Class {
        match self {
            StoreError::Conflict => Class::Transient,
            StoreError::Overloaded(wait) => Class::Throttled {
                retry_after: Some(*wait),
            },
            StoreError::Missing(_) => Class::Permanent,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Conflict => f.write_str("another writer has changed the value first"),
            StoreError::Overloaded(wait) => write!(f, "overloaded for {wait:?}"),
            StoreError::Missing(key) => write!(f, "the key {key:?} does not exist"),
        }
    }
}

impl Error for StoreError {}

/// Responds by its script, last entry first.
struct Store {
    script: Vec<Result<u64, StoreError>>,
}

impl Store {
    #[retryable(max = 4, base = "10ms", on_retry = |event| {
        println!("attempt {}: {:?}, waits {:.0?}", event.attempt, event.error, event.delay);
    })]
    async fn increment(&mut self) -> Result<u64, StoreError> {
        // A real client would call its store here.
        self.script.pop().unwrap_or(Ok(1))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let overloaded = StoreError::Overloaded(Duration::from_millis(50));
    let mut store = Store {
        script: vec![Ok(42), Err(overloaded), Err(StoreError::Conflict)],
    };
    let value = store.increment().await;
    println!("a store that recovers: {value:?}");
    assert_eq!(value, Ok(42));

    let missing = StoreError::Missing("counter".to_owned());
    let mut store = Store {
        script: vec![Ok(42), Err(missing.clone())],
    };
    let value = store.increment().await;
    println!("a key that is missing: {value:?}");
    assert_eq!(value, Err(missing), "returned at once, unchanged");
    assert_eq!(store.script.len(), 1, "one call was enough to know");
}
