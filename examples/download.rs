//! Downloads a large file from a server that closes each connection early: each attempt resumes where the previous
//! one stopped.
//!
//!     cargo run --example download

use std::error::Error;
use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use retryable::Policy;
use retryable::http::RequestBuilderExt;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const POLICY: Policy = Policy::exponential(Duration::from_millis(20)).max_attempts(8);

/// The length of the file, and how many bytes the server sends before it closes the connection.
const LENGTH: usize = 8 << 20;
const PATIENCE: usize = 3 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = serve().await?;
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
    println!("downloaded {written} bytes");
    Ok(())
}

fn whole() -> Vec<u8> {
    (0..=250).cycle().take(LENGTH).collect()
}

/// Starts the server, and returns the URL of its file.
async fn serve() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/file", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // An error is ignored: the client may have closed the connection.
            tokio::spawn(respond(stream));
        }
    });
    Ok(url)
}

/// Responds to `HEAD`, to `GET`, and to a `Range` with a beginning. Closes every connection early.
async fn respond(mut stream: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let range = head
        .lines()
        .find_map(|line| line.strip_prefix("range: bytes="));
    let first = range.and_then(|range| range.trim_end_matches('-').parse().ok());

    let rest = &whole()[first.unwrap_or(0)..];
    let status = match first {
        None => "200 OK".to_owned(),
        Some(first) => {
            let last = LENGTH - 1;
            format!("206 Partial Content\r\ncontent-range: bytes {first}-{last}/{LENGTH}")
        }
    };
    let length = rest.len();
    let headers = format!("connection: close\r\netag: \"1\"\r\ncontent-length: {length}");
    let response = format!("HTTP/1.1 {status}\r\n{headers}\r\n\r\n");
    stream.write_all(response.as_bytes()).await?;
    if head.starts_with("get") {
        stream.write_all(&rest[..length.min(PATIENCE)]).await?;
    }
    stream.shutdown().await
}
