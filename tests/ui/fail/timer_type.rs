use std::io;
use std::time::Duration;

use retryable::{BlockingTimer, Clock, Moment, retryable};

#[retryable(timer = Duration::from_secs(5))]
async fn duration() -> io::Result<u32> {
    Ok(1)
}

#[retryable(timer = String::new())]
async fn not_copy() -> io::Result<u32> {
    Ok(1)
}

#[derive(Clone, Copy)]
struct Blocks;

impl Clock for Blocks {
    fn now(&self) -> Moment {
        Moment::EPOCH
    }
}

impl BlockingTimer for Blocks {
    fn block(&self, _: Duration) {}
}

#[retryable(timer = Blocks, attempt_timeout = "1s", deadline = "5s")]
async fn only_blocks() -> io::Result<u32> {
    Ok(1)
}

#[retryable(timer = Duration::from_secs(5), max_elapsed = "5s")]
fn blocking() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
