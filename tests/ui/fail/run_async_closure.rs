//! An async closure that borrows mutably is for `run_async`.

use std::io;

use retryable::Policy;

async fn run() {
    let mut n = 0;
    let _ = Policy::new().run(async || {
        n += 1;
        io::Result::Ok(n)
    });
}

fn main() {}
