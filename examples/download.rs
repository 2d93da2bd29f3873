//! Downloads a large file from a server that closes each connection early: each attempt resumes where the previous
//! one stopped.
//!
//!     cargo run -p examples --example download

use std::error::Error;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use retryable::Policy;
use retryable::http::RequestBuilderExt;
use retryable::http::testing::{Reply, Server, reply};
use tokio::fs::File;

const POLICY: Policy = Policy::exponential(Duration::from_millis(20)).max_attempts(8);

/// The length of the file, and how many bytes the server sends before it closes the connection.
const LENGTH: usize = 8 << 20;
const PATIENCE: usize = 3 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The second request is the first for the content; each one after it begins where the one before ended.
    let server = Server::script([part(0), part(0), part(PATIENCE), part(2 * PATIENCE)]);
    let url = format!("{}/file", server.url());
    let client = reqwest::Client::builder().no_proxy().build()?;

    let head = client.head(&url).retry(&POLICY).send().await?;
    let length = head.headers()["content-length"].to_str()?.parse()?;
    let bar = ProgressBar::new(length).with_style(ProgressStyle::with_template(
        "{bar:40} {bytes}/{total_bytes} {msg}",
    )?);

    // With the id of the process, because other runs may use the same folder.
    let path = std::env::temp_dir().join(format!("retryable-{}.download", std::process::id()));
    let file = File::create(&path).await?;
    let outcome = client
        .get(&url)
        .retry(&POLICY)
        .on_retry(|event| {
            let written = event.error.and_then(retryable::http::Error::bytes_written);
            let written = written.unwrap_or_default();
            bar.suspend(|| println!("attempt {} ended after {written} bytes", event.attempt));
            bar.set_message("waiting to resume");
        })
        // Counts the bytes written to the file, over all attempts.
        .download(bar.wrap_async_write(file))
        .await;
    bar.finish_and_clear();

    let content = tokio::fs::read(&path).await?;
    tokio::fs::remove_file(&path).await?;
    let written = outcome?;
    assert_eq!(written, length);
    assert_eq!(bar.position(), length);
    assert!(content == whole(), "every byte is correct");
    server.finish();
    println!("downloaded {written} bytes");
    Ok(())
}

fn whole() -> Vec<u8> {
    (0..=250).cycle().take(LENGTH).collect()
}

/// The file from this byte on, of which the server sends only so much.
fn part(first: usize) -> Reply {
    let reply = match first {
        0 => reply(200),
        _ => reply(206).header(
            "content-range",
            format!("bytes {first}-{}/{LENGTH}", LENGTH - 1),
        ),
    };
    let rest = whole().split_off(first);
    reply.header("etag", "\"1\"").body(rest).cut_after(PATIENCE)
}
