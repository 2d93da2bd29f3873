//! A command that fetches a list of URLs: a progress line that counts down during waits, and Ctrl-C that cancels at once
//! and says what was not done.
//!
//!     cargo run -p examples --example fetch

use std::cell::Cell;
use std::io::{Read, stdin};
use std::path::PathBuf;
use std::process::exit;
use std::time::Duration;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Client;
use retryable::http::testing::{Server, reply, reset};
use retryable::http::{Error, RequestBuilderExt};
use retryable::{Policy, RetryEvent, retryable};
use tokio::time::{Instant, interval};

/// Fetches each URL of a list.
#[derive(Parser)]
struct Arguments {
    /// A file with one URL on each line, or `-` for standard input [default: URLs of a faulty server]
    list: Option<PathBuf>,

    /// The maximum number of attempts for each URL, the first included
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    max_attempts: u32,

    /// A folder for the responses; without it, only their lengths are printed
    #[arg(long)]
    into: Option<PathBuf>,
}

struct Fetcher {
    client: Client,
    policy: Policy,
    bar: ProgressBar,
    /// When the current wait ends; `None` during an attempt.
    next_attempt: Cell<Option<Instant>>,
}

impl Fetcher {
    #[retryable(policy = self.policy, on_retry = |event| self.announce(url, event))]
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, Error> {
        self.next_attempt.set(None);
        let response = self.client.get(url).send_checked().await?;
        Ok(response.bytes().await?.into())
    }

    fn announce(&self, url: &str, event: &RetryEvent<'_, Error>) {
        self.next_attempt.set(Some(Instant::now() + event.delay));
        let error = event.error.map(ToString::to_string).unwrap_or_default();
        let (attempt, max) = (event.attempt, event.max_attempts);
        // Above the progress line.
        self.bar.suspend(|| {
            println!(
                "{url}: attempt {attempt} of {max}: {error}; waiting {:.1?}",
                event.delay
            );
        });
    }

    /// Shows the rest of the current wait, ten times a second. Never returns.
    async fn count_down(&self) {
        let mut ticks = interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
            let message = match self.next_attempt.get() {
                Some(end) => {
                    let rest = end.saturating_duration_since(Instant::now());
                    format!("next attempt in {:.1} s", rest.as_secs_f32())
                }
                None => "fetching".to_owned(),
            };
            self.bar.set_message(message);
        }
    }

    /// Fetches the URLs in order, and removes each from `left` when it is done. Returns those that failed.
    async fn fetch_all(
        &self,
        left: &mut Vec<String>,
        into: Option<PathBuf>,
    ) -> Result<Vec<String>, std::io::Error> {
        let mut failed = Vec::new();
        for number in 1.. {
            let Some(url) = left.first() else {
                break;
            };
            match self.fetch(url).await {
                Ok(content) => {
                    self.bar
                        .suspend(|| println!("{url}: {} bytes", content.len()));
                    if let Some(folder) = &into {
                        tokio::fs::write(folder.join(format!("{number}")), content).await?;
                    }
                }
                Err(error) => {
                    self.bar.suspend(|| println!("{url}: failed: {error}"));
                    failed.push(url.clone());
                }
            }
            left.remove(0);
            self.bar.inc(1);
        }
        Ok(failed)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    // For those who only want to see it: retries, a 404, and a wait of a second.
    let demonstration = arguments.list.is_none().then(|| {
        let busy = reply(503).header("retry-after", "1");
        Server::script([
            reply(200).body("one"),
            reset(),
            busy,
            reply(200).body("three"),
            reply(404),
        ])
    });
    let list = match (&arguments.list, &demonstration) {
        (None, Some(server)) => ["a", "b", "c"]
            .map(|name| format!("{}/{name}\n", server.url()))
            .concat(),
        (Some(path), _) if path.as_os_str() != "-" => std::fs::read_to_string(path)?,
        _ => {
            let mut list = String::new();
            stdin().read_to_string(&mut list)?;
            list
        }
    };
    let mut left: Vec<_> = list.lines().map(str::to_owned).collect();

    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?;
    let fetcher = Fetcher {
        client: Client::builder().no_proxy().build()?,
        policy: Policy::exponential(Duration::from_millis(200))
            .max_attempts(arguments.max_attempts),
        bar: ProgressBar::new(left.len() as u64).with_style(style),
        next_attempt: Cell::new(None),
    };
    // The branch that is not chosen is dropped, in an attempt or in a wait: nothing of it continues.
    let failed = tokio::select! {
        failed = fetcher.fetch_all(&mut left, arguments.into) => Some(failed?),
        () = fetcher.count_down() => None,
        interrupt = tokio::signal::ctrl_c() => interrupt.map(|()| None)?,
    };
    fetcher.bar.finish_and_clear();

    // `exit`, because the end of `main` waits for a DNS query on one of tokio's blocking threads.
    let Some(failed) = failed else {
        println!("interrupted ({}); not done:", fetcher.bar.message());
        println!("{}", left.join("\n"));
        exit(130); // 128 + SIGINT
    };
    if let Some(server) = demonstration {
        assert_eq!(failed, [format!("{}/c", server.url())]);
        assert_eq!(server.finish().len(), 5);
    } else if !failed.is_empty() {
        println!("{} failed", failed.len());
        exit(1);
    }
    Ok(())
}
