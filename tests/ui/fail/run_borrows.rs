//! A future that borrows mutably cannot leave the closure of `run`. Its documentation repeats these messages.

use std::io;

use retryable::Policy;

async fn count(n: &mut u32) -> io::Result<u32> {
    *n += 1;
    Ok(*n)
}

async fn run() {
    let mut n = 0;
    let _ = Policy::new().run(|| async {
        n += 1;
        io::Result::Ok(n)
    });
    let _ = Policy::new().run(|| count(&mut n));
    let text = String::new();
    let _ = Policy::new().run(|| async move { io::Result::Ok(text) });
}

fn main() {}
