//! An extractor of axum is not `Clone`, but its part is.

use std::io;

use axum::extract::Path;
use retryable::retryable;

#[retryable]
async fn user(path: Path<u64>) -> io::Result<u64> {
    Ok(path.0)
}

#[retryable]
async fn order(Path(id): Path<u64>) -> io::Result<u64> {
    Ok(id)
}

fn main() {}
