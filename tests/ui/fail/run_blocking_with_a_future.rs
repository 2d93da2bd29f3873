//! `run_blocking` with a closure that returns a future.

use std::io;

use retryable::Policy;

fn call() -> io::Result<String> {
    Policy::new().run_blocking(|| async { std::fs::read_to_string("config.toml") })
}

fn main() {}
