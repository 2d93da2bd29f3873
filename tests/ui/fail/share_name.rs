//! What cannot be shared.

use std::io;

use retryable::retryable;

#[retryable(share(bdy))]
async fn f0(body: String) -> io::Result<u32> {
    Ok(body.len() as u32)
}

#[retryable(share(body))]
async fn f1() -> io::Result<u32> {
    Ok(1)
}

struct Client;

impl Client {
    #[retryable(share(self))]
    async fn f2(self) -> io::Result<u32> {
        Ok(1)
    }
}

#[retryable(share(body, body))]
async fn f3(body: String) -> io::Result<u32> {
    Ok(body.len() as u32)
}

struct Id(u32);

#[retryable(share(id))]
async fn f4(Id(id): Id) -> io::Result<u32> {
    Ok(id)
}

fn main() {}
