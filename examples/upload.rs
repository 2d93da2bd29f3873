//! Uploads a large file to a server that closes the connection in the middle and then is busy. Every attempt sends the
//! whole file from its start, and none of them holds it in memory.
//!
//!     cargo run -p examples --example upload

use std::error::Error;
use std::time::Duration;

use reqwest::Client;
use retryable::Policy;
use retryable::http::testing::{Server, reply, reset};
use retryable::http::{ReplayBody, RetryClient};

const LENGTH: u64 = 64 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::script([
        reset().read_at_most(20 << 20),
        reply(503).header("retry-after-ms", "50"),
        reply(200),
    ]);

    // With the id of the process, because other runs may use the same folder.
    let path = std::env::temp_dir().join(format!("retryable-{}.upload", std::process::id()));
    std::fs::File::create(&path)?.set_len(LENGTH)?;

    let policy = Policy::exponential(Duration::from_millis(20)).max_attempts(5);
    let client = RetryClient::new(Client::builder().no_proxy().build()?, policy);
    let (outcome, report) = client
        .put(format!("{}/backup", server.url()))
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
    let lengths = server.finish().into_iter().map(|seen| seen.body_len);
    assert_eq!(lengths.collect::<Vec<_>>(), [20 << 20, LENGTH, LENGTH]);
    Ok(())
}
