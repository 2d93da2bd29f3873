//! Methods that are behind a feature. A method that the compiler does not find would not name it.

use reqwest::Client;
use retryable::Policy;
use retryable::http::{Error, RequestBuilderExt, RetryClient, blocking};

async fn checked(client: &Client) -> Result<Vec<u32>, Error> {
    client.get("/").send_checked().await?.json().await
}

async fn retried(client: &Client) -> Result<Vec<u32>, Error> {
    client.get("/").retry(&Policy::new()).json::<Vec<u32>>().await
}

async fn reported(client: &Client) -> Result<Vec<u32>, Error> {
    client.get("/").retry(&Policy::new()).report().json().await.0
}

fn blocked(client: &blocking::RetryClient) -> Result<Vec<u32>, Error> {
    client.get("/").json()
}

fn traced(client: RetryClient) -> RetryClient {
    client.spans()
}

async fn streamed(client: &RetryClient) -> Result<(), Error> {
    let _ = client.get("/").spans().send().await?.bytes_stream();
    Ok(())
}

fn main() {}
