//! Types and impls that are behind a feature.

use retryable::http::RetryClient;
use retryable::{VirtualTimer, retryable};

#[retryable]
fn get(url: &str) -> Result<(), reqwest::Error> {
    let _ = url;
    Ok(())
}

fn main() {}
