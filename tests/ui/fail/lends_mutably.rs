//! A loop cannot return what it borrows again in every turn.

use std::io;

use retryable::retryable;

struct Pool(Vec<u32>);

impl Pool {
    #[retryable]
    async fn first(&mut self) -> io::Result<&mut u32> {
        self.0.first_mut().ok_or(io::ErrorKind::WouldBlock.into())
    }
}

fn main() {}
