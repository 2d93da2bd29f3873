//! `run` with a closure that returns no future.

use std::io;

use retryable::Policy;

fn read() -> io::Result<String> {
    std::fs::read_to_string("config.toml")
}

async fn call() -> io::Result<String> {
    Policy::new().run(|| read()).await
}

fn main() {}
