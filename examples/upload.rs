//! Uploads a large file with a progress bar. Each attempt sends the whole file from its start, and the bar starts again
//! with it, so that it never counts a byte twice. No attempt holds the file in memory.
//!
//!     cargo run -p examples --example upload

use std::error::Error;
use std::future::ready;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::{Body, Client, Request};
use retryable::Policy;
use retryable::http::testing::{Server, reply, reset};
use retryable::http::{self, ReplayBody, RequestBuilderExt};

const POLICY: Policy = Policy::exponential(Duration::from_millis(20)).max_attempts(5);

/// A bar that shows how much of the body of the current attempt was handed to the connection.
#[derive(Clone)]
struct Progress {
    bar: ProgressBar,
    /// The number of the body that is counted. The lock is held while the bar changes.
    current: Arc<Mutex<u32>>,
}

impl Progress {
    fn new(bar: ProgressBar) -> Self {
        let current = Arc::default();
        Self { bar, current }
    }

    /// Sets the bar to zero, and counts the body of this request, whether it is bytes, a file or a form. Its length is
    /// still announced.
    fn count(&self, mut request: Request) -> Request {
        let Some(body) = request.body_mut().take() else {
            return request;
        };
        let number = self.begin();
        let (progress, mut sent) = (self.clone(), 0);
        let counted = body.inspect_frame(move |frame| {
            sent += frame.data_ref().map_or(0, |data| data.len() as u64);
            progress.show(number, sent);
        });
        *request.body_mut() = Some(Body::wrap(counted));
        request
    }

    fn begin(&self) -> u32 {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current += 1;
        self.bar.set_position(0);
        *current
    }

    /// Ignores a body that is not the current one: after an early response, the connection may read on for a while.
    fn show(&self, number: u32, sent: u64) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if *current == number {
            self.bar.set_position(sent);
        }
    }
}

async fn upload(
    client: &Client,
    url: &str,
    path: &Path,
    bar: &ProgressBar,
) -> Result<http::Response, http::Error> {
    let progress = Progress::new(bar.clone());
    client
        .put(url)
        .retry(&POLICY)
        .replay_body(ReplayBody::from_file(path))
        .before_attempt(move |request| ready(Ok(progress.count(request))))
        .on_retry(|event| {
            let error = event.error.map(ToString::to_string).unwrap_or_default();
            let mib = bar.position() >> 20;
            // Above the bar.
            bar.suspend(|| {
                println!("attempt {}, {mib} MiB: {error}", event.attempt);
                println!("  is {}, and waits {:.2?}", event.class, event.delay);
            });
            assert!(bar.position() <= LENGTH, "a byte was counted twice");
        })
        .send()
        .await
}

const LENGTH: u64 = 64 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::script([
        reset().read_at_most(20 << 20),
        // Before it has read the whole file.
        reply(503)
            .header("retry-after-ms", "50")
            .read_at_most(8 << 20),
        reply(200),
    ]);
    // With the id of the process, because other runs may use the same folder.
    let path = std::env::temp_dir().join(format!("retryable-{}.upload", std::process::id()));
    std::fs::File::create(&path)?.set_len(LENGTH)?;
    let client = Client::builder().no_proxy().build()?;
    let bar = ProgressBar::new(LENGTH).with_style(ProgressStyle::with_template(
        "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}",
    )?);

    let url = format!("{}/backup", server.url());
    let outcome = upload(&client, &url, &path, &bar).await;
    // Not `finish`, which would show a full bar after an error too.
    bar.abandon();
    std::fs::remove_file(&path)?;

    let status = outcome?.status();
    println!("{status} after {} MiB", bar.position() >> 20);
    assert_eq!(bar.position(), LENGTH);

    let requests = server.finish();
    let lengths = requests.iter().map(|seen| seen.body_len);
    assert_eq!(lengths.collect::<Vec<_>>(), [20 << 20, 8 << 20, LENGTH]);
    let length = LENGTH.to_string();
    for request in requests {
        assert_eq!(request.header("content-length"), Some(length.as_str()));
    }
    Ok(())
}
