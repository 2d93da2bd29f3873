//! As for an `async fn`.

use std::io;

use retryable::retryable;

struct Pool(Vec<u32>);

impl Pool {
    #[retryable]
    fn first(&mut self) -> io::Result<&mut u32> {
        self.0.first_mut().ok_or(io::ErrorKind::WouldBlock.into())
    }
}

fn main() {}
