//! `timeout` could be either of two limits, in the builder as in the attribute.

use std::io;
use std::time::Duration;

use retryable::{DynPolicy, Policy};

fn main() {
    let _ = Policy::new().timeout(Duration::from_secs(1));
    let stored = DynPolicy::<io::Error>::from(Policy::new());
    let _ = stored.timeout(Duration::from_secs(1));
}
