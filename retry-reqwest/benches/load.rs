//! Throughput against a server that fails every tenth request, beside a loop written by hand.
//!
//!     cargo bench -p retry-reqwest --bench load

#[path = "../tests/load/flaky.rs"]
mod flaky;

use std::future::Future;
use std::time::{Duration, Instant};

use reqwest::Client;
use retry_core::{Fixed, Jitter, Policy};
use retry_reqwest::RetryClient;

use flaky::{Flaky, calls, client};

const CALLS: usize = 2_000;
const ROUNDS: usize = 50;
const DELAY: Duration = Duration::from_millis(1);
const POLICY: Policy<Fixed> =
    Policy::with_backoff(Fixed::new(DELAY).jitter(Jitter::None)).max_attempts(8);

async fn retrying(client: RetryClient<Policy<Fixed>>, url: String) -> bool {
    client.get(url).text().await.is_ok()
}

/// What one would write without this crate, and without its care.
async fn by_hand(client: Client, url: String) -> bool {
    for attempt in 1..=8 {
        if let Ok(response) = client.get(&url).send().await {
            let good = response.status().is_success();
            if let (Ok(_), true) = (response.text().await, good) {
                return true;
            }
        }
        if attempt < 8 {
            tokio::time::sleep(DELAY).await;
        }
    }
    false
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (url, _server) = Flaky::start();
    let plain = client();
    let client = RetryClient::new(client(), POLICY);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In short turns, so that whatever else the machine does falls on both; the first warm up.
    for round in 0..=ROUNDS {
        let (plain, to) = (plain.clone(), url.clone());
        let by_hand = timed(move || by_hand(plain.clone(), to.clone())).await;
        let (client, to) = (client.clone(), url.clone());
        let retrying = timed(move || retrying(client.clone(), to.clone())).await;
        if round > 0 {
            theirs.push(by_hand);
            ours.push(retrying);
        }
    }
    let (theirs, ours) = (median(theirs), median(ours));
    println!("by hand     {theirs:>8.0} calls/s");
    println!("RetryClient {ours:>8.0} calls/s");
    println!("ratio       {:>8.3}", ours / theirs);
}

/// Calls a second.
async fn timed<F, C>(call: F) -> f64
where
    F: Fn() -> C + Clone + Send + 'static,
    C: Future<Output = bool> + Send,
{
    let began = Instant::now();
    assert_eq!(calls(CALLS, call).await, CALLS);
    f64::from(u32::try_from(CALLS).unwrap_or(u32::MAX)) / began.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}
