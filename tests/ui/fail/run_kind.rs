//! `run` is for async functions, and `run_blocking` for the others.

use std::io;

use retryable::Policy;

fn main() {
    let _ = Policy::new().run(|| std::fs::read_to_string("path"));
    let _ = Policy::new().run_blocking(|| async { io::Result::Ok(1) });
}
