//! Annotated functions against a server that misbehaves, with a timeline of every attempt.
//!
//!     cargo run --example quickstart
//!     cargo run --example quickstart -- https://example.com/

#[path = "../support/server.rs"]
mod server;
mod timeline;

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::Client;
use retryable::http::{self, RequestBuilderExt};
use retryable::retryable;

use server::{Act, Server};

/// Makes at most five attempts. `send_checked` turns an error status into an error that knows how long the server asked
/// to wait, and `attempt_timeout` cuts off an attempt that hangs.
#[retryable(
    max = 5,
    backoff = "exp",
    on = "transient",
    attempt_timeout = "300ms",
    on_retry = timeline::retry,
    on_give_up = timeline::give_up,
)]
async fn fetch(client: &Client, url: &str) -> Result<String, http::Error> {
    let response = client.get(url).send_checked().await?;
    response.text().await
}

/// reqwest's own error works too.
#[retryable(max = 3, on_retry = timeline::retry, on_give_up = timeline::give_up)]
async fn ping(client: &Client, url: &str) -> Result<u16, reqwest::Error> {
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.status().as_u16())
}

/// A `POST` must not take effect twice: it is sent again only if it was certainly not processed.
#[retryable(
    max = 5,
    on = "refused",
    on_retry = timeline::retry,
    on_give_up = timeline::give_up,
)]
async fn order(client: &Client, url: &str) -> Result<u16, http::Error> {
    let response = client.post(url).send_checked().await?;
    Ok(response.status().as_u16())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new();
    if let Some(url) = std::env::args().nth(1) {
        println!("GET of the URL from the command line");
        outcome(Instant::now(), fetch(&client, &url).await);
        return Ok(());
    }

    let flaky = Server::start([
        Act::Respond("503 Service Unavailable", "retry-after: 1\r\n"),
        Act::Reset,
        Act::Respond("500 Internal Server Error", ""),
        Act::Slow(Duration::from_secs(2)),
    ])
    .await?;
    println!("GET, from a server that fails in four ways and then recovers");
    outcome(Instant::now(), fetch(&client, &flaky.url("/user/7")).await);

    let down = Server::start([Act::Respond("404 Not Found", "")]).await?;
    println!("\nGET of something that does not exist: another attempt would end the same way");
    outcome(Instant::now(), ping(&client, &down.url("/user/8")).await);

    let resetting = Server::start([Act::Respond("429 Too Many Requests", ""), Act::Reset]).await?;
    println!("\nPOST: sent again after a refusal, but not once it may have been processed");
    outcome(
        Instant::now(),
        order(&client, &resetting.url("/orders")).await,
    );
    Ok(())
}

fn outcome<T: std::fmt::Display, E: std::fmt::Display>(start: Instant, outcome: Result<T, E>) {
    let at = format!("{} ms", start.elapsed().as_millis());
    match outcome {
        Ok(value) => timeline::row(&at, "succeeds", value),
        Err(error) => timeline::row(&at, "fails", error),
    }
}
