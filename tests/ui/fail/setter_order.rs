//! A limit of time after a part that is not `Copy`: the message says what to do.

use std::sync::Arc;
use std::time::Duration;

use retryable::{Budget, Policy};

fn main() {
    let budget = Arc::new(Budget::new(0.1));
    let _ = Policy::new().budget(budget).deadline(Duration::from_secs(1));
}
