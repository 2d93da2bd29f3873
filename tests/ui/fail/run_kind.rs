//! `run` is for async functions, and `run_blocking` for the others.

use std::io;

use retryable::Policy;

fn read() -> io::Result<String> {
    std::fs::read_to_string("path")
}

async fn run() {
    let _ = Policy::new().run(|| read()).await;
    let _ = Policy::new().run(read);
    let _ = Policy::new().run_with(retryable::DefaultTimer, read);
    let _ = Policy::new().run_async(read);
}

fn run_blocking() {
    let _ = Policy::new().run_blocking(|| async { io::Result::Ok(1) });
    let _ = Policy::new().run_blocking(async || io::Result::Ok(1));
}

fn main() {}
