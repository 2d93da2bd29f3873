//! The error does not know that its request was a POST. The attribute sees it.

use std::io;

use retryable::retryable;

struct Client;

impl Client {
    fn post(&self, _url: &str) -> &Self {
        self
    }

    async fn send(&self) -> io::Result<u32> {
        Ok(1)
    }
}

#[retryable]
async fn order(client: &Client) -> io::Result<u32> {
    client.post("http://shop/orders").send().await
}

struct Shop {
    client: Client,
}

#[retryable(max = 5)]
impl Shop {
    #[retryable]
    async fn order(&self) -> io::Result<u32> {
        self.client.post("http://shop/orders").send().await
    }

    #[retryable(on = "refused")]
    async fn decided(&self) -> io::Result<u32> {
        self.client.post("http://shop/orders").send().await
    }
}

fn main() {}
