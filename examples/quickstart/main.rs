//! Annotated functions against a server that misbehaves, with a timeline of every attempt.
//!
//!     cargo run --example quickstart
//!     cargo run --example quickstart -- http://127.0.0.1:8080/
//!     cargo run --example quickstart --features tls -- https://example.com/

mod timeline;

use std::error::Error;
use std::time::Instant;

use reqwest::Client;
use retryable::http::testing::{Server, hang, reply, reset};
use retryable::http::{self, RequestBuilderExt};
use retryable::retryable;
use tokio::runtime::Builder;

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

/// Without `#[tokio::main]`, whose crate the first command would have to compile.
fn main() -> Result<(), Box<dyn Error>> {
    Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let client = Client::new();
    if let Some(url) = std::env::args().nth(1) {
        if cfg!(not(feature = "tls")) && url.to_ascii_lowercase().starts_with("https:") {
            return Err("`https` needs the feature `tls`: cargo run --example quickstart --features tls -- URL".into());
        }
        println!("GET of the URL from the command line");
        outcome(Instant::now(), fetch(&client, &url).await);
        return Ok(());
    }

    let flaky = Server::script([
        reply(503).header("retry-after", "1"),
        reset(),
        reply(500),
        hang(),
        reply(200).body("Ada"),
    ]);
    println!("GET, from a server that fails in four ways and then recovers");
    outcome(
        Instant::now(),
        fetch(&client, &format!("{}/user/7", flaky.url())).await,
    );

    let down = Server::script([reply(404)]);
    println!("\nGET of something that does not exist: another attempt would end the same way");
    outcome(
        Instant::now(),
        ping(&client, &format!("{}/user/8", down.url())).await,
    );

    let resetting = Server::script([reply(429), reset()]);
    println!("\nPOST: sent again after a refusal, but not once it may have been processed");
    outcome(
        Instant::now(),
        order(&client, &format!("{}/orders", resetting.url())).await,
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
