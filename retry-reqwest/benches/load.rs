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

const CALLS: usize = 1_000;
/// Half a minute or so.
const ROUNDS: usize = 500;
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
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // In short turns and in changing order, so that whatever else the machine does falls on both; the
    // first warm up.
    for round in 0..ROUNDS + 10 {
        let (plain, client) = (plain.clone(), client.clone());
        let (here, there) = (url.clone(), url.clone());
        let by_hand = timed(move || by_hand(plain.clone(), here.clone()));
        let retrying = timed(move || retrying(client.clone(), there.clone()));
        let (by_hand, retrying) = if round % 2 == 0 {
            (by_hand.await, retrying.await)
        } else {
            let retrying = retrying.await;
            (by_hand.await, retrying)
        };
        if round >= 10 {
            theirs.push(by_hand);
            ours.push(retrying);
            ratios.push(retrying / by_hand);
        }
    }
    for sorted in [&mut ours, &mut theirs, &mut ratios] {
        sorted.sort_unstable_by(f64::total_cmp);
    }
    println!("by hand     {:>8.0} calls/s", median(&theirs));
    println!("RetryClient {:>8.0} calls/s", median(&ours));
    let (low, high) = bounds(&ratios);
    println!(
        "ratio       {:>8.3}, by 95 % from {low:.3} to {high:.3}; of single rounds, half from {:.3} to {:.3}",
        median(&ratios),
        ratios[ROUNDS / 4],
        ratios[ROUNDS * 3 / 4],
    );
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

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// Between which the median lies with 95 % confidence, whatever the distribution: its rank is binomial.
fn bounds(sorted: &[f64]) -> (f64, f64) {
    let half = sorted.len() / 2;
    // 1.96 standard deviations, each half of the root.
    let away = sorted.len().isqrt();
    (sorted[half - away], sorted[half + away])
}
