//! Downloads a large file with a progress bar, from a server that closes each connection early. Each attempt resumes
//! where the previous one stopped, so the bar counts each byte once. The file appears when it is complete.
//!
//!     cargo run -p examples --example download

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Client;
use reqwest::header::CONTENT_LENGTH;
use retryable::Policy;
use retryable::http::testing::{Reply, Server, reply};
use retryable::http::{self, ErrorKind, RequestBuilderExt};
use tokio::fs;

const POLICY: Policy = Policy::exponential(Duration::from_millis(20)).max_attempts(8);

/// Writes to a file with the ending `part`, and renames it at the end: no other program sees half of the file.
async fn download(
    client: &Client,
    url: &str,
    path: &Path,
    bar: &ProgressBar,
) -> Result<u64, Box<dyn Error>> {
    let head = client.head(url).retry(&POLICY).send().await?;
    if let Some(length) = head.headers().get(CONTENT_LENGTH) {
        bar.set_length(length.to_str()?.parse()?);
    }
    let part = path.with_extension("part");
    let file = fs::File::create(&part).await?;
    let outcome = client
        .get(url)
        .retry(&POLICY)
        .on_retry(|event| {
            let written = event.error.and_then(http::Error::bytes_written);
            let written = written.unwrap_or_default();
            // Above the bar.
            bar.suspend(|| println!("attempt {} ended after {written} bytes", event.attempt));
            bar.set_message(format!("resumes in {:.1?}", event.delay));
        })
        // Counts the bytes written to the file, over all attempts.
        .download(bar.wrap_async_write(file))
        .await;
    // Not `finish`, which would show a full bar after an error too.
    bar.abandon();
    match outcome {
        Ok(length) => {
            fs::rename(&part, path).await?;
            Ok(length)
        }
        Err(error) => {
            fs::remove_file(&part).await?;
            Err(error.into())
        }
    }
}

/// The length of the file, and how many bytes the server sends before it closes the connection.
const LENGTH: usize = 8 << 20;
const PATIENCE: usize = 3 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().no_proxy().build()?;
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg}")?;
    // With the id of the process, because other runs may use the same folder.
    let path = std::env::temp_dir().join(format!("retryable-{}.download", std::process::id()));

    // The second request is the first for the content; each one after it begins where the one before ended.
    let server = Server::script([part(0), part(0), part(PATIENCE), part(2 * PATIENCE)]);
    let url = format!("{}/file", server.url());
    let bar = ProgressBar::no_length().with_style(style.clone());
    let written = download(&client, &url, &path, &bar).await?;
    let content = fs::read(&path).await?;
    fs::remove_file(&path).await?;
    assert_eq!(written, LENGTH as u64);
    assert_eq!((bar.position(), bar.length()), (written, Some(written)));
    assert!(content == whole(), "every byte is correct");
    server.finish();
    println!("downloaded {written} bytes");

    // The file changes after the first part. A mixture of both would be wrong.
    let changed = reply(200).header("etag", "\"2\"").body("another file");
    let server = Server::script([part(0), part(0), changed]);
    let url = format!("{}/file", server.url());
    let bar = ProgressBar::no_length().with_style(style);
    let error = download(&client, &url, &path, &bar).await.unwrap_err();
    println!("{error}");
    let error = error.downcast::<http::Error>()?;
    assert_eq!(error.kind(), ErrorKind::ResumeRefused);
    assert_eq!(error.bytes_written(), Some(PATIENCE as u64));
    assert_eq!(bar.position(), PATIENCE as u64);
    assert!(!path.exists() && !path.with_extension("part").exists());
    server.finish();
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
