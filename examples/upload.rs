//! Uploads a large file to a server that closes the connection in the middle and then is busy. Every attempt sends the
//! whole file from its start, and none of them holds it in memory.
//!
//!     cargo run --example upload

#[path = "support/server.rs"]
mod server;

use std::error::Error;
use std::time::Duration;

use reqwest::Client;
use retryable::Policy;
use retryable::http::{ReplayBody, RetryClient};

use server::{Act, Server};

const LENGTH: usize = 64 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::start([
        Act::Cut(20 << 20),
        Act::Respond("503 Service Unavailable", "retry-after-ms: 50\r\n"),
    ])
    .await?;

    // With the id of the process, because other runs may use the same folder.
    let path = std::env::temp_dir().join(format!("retryable-{}.upload", std::process::id()));
    std::fs::File::create(&path)?.set_len(u64::try_from(LENGTH)?)?;

    let policy = Policy::exponential(Duration::from_millis(20)).max_attempts(5);
    let client = RetryClient::new(Client::builder().no_proxy().build()?, policy);
    let (outcome, report) = client
        .put(server.url("/backup"))
        .replay_body(ReplayBody::from_file(&path))
        .on_retry(|event| {
            let error = event.error.map(ToString::to_string).unwrap_or_default();
            println!("attempt {}: {error}", event.attempt);
            println!("  is {}, and waits {:.2?}", event.class, event.delay);
        })
        .report()
        .send()
        .await;
    std::fs::remove_file(&path)?;

    let status = outcome?.status();
    println!("{status} after {} attempts", report.attempts);
    assert_eq!((status.as_u16(), report.attempts), (200, 3));
    let lengths: Vec<usize> = server
        .seen()
        .into_iter()
        .map(|(_, length)| length)
        .collect();
    assert!(lengths[0] < lengths[1], "the first upload was interrupted");
    assert_eq!(lengths[1..], [LENGTH; 2]);
    Ok(())
}
