//! What is lent may be hidden in a type, and may be that of an argument.

use std::io;
use std::pin::Pin;

use retryable::retryable;

struct Transaction<'c>(&'c mut u32);

struct Connection(u32);

impl Connection {
    #[retryable]
    async fn begin(&mut self) -> io::Result<Transaction<'_>> {
        Ok(Transaction(&mut self.0))
    }

    #[retryable]
    fn shared(&mut self) -> io::Result<&u32> {
        Ok(&self.0)
    }

    #[retryable]
    fn pinned(self: Pin<&mut Self>) -> io::Result<Pin<&mut u32>> {
        Ok(Pin::new(&mut self.get_mut().0))
    }

    #[retryable]
    fn iterated<'c>(&'c mut self) -> io::Result<impl Iterator<Item = &'c mut u32>> {
        Ok(std::iter::once(&mut self.0))
    }
}

#[retryable]
async fn begin<'c>(connection: &'c mut u32, _name: &str) -> io::Result<Transaction<'c>> {
    Ok(Transaction(connection))
}

#[retryable]
async fn first(list: &mut Vec<u32>) -> io::Result<&mut u32> {
    Ok(&mut list[0])
}

#[retryable]
fn part(count: u32, (list, _): &mut (Vec<u32>, u32)) -> io::Result<Box<dyn Iterator<Item = &u32> + '_>> {
    Ok(Box::new(list.iter().take(count as usize)))
}

fn main() {}
