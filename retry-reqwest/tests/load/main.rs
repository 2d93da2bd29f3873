//! Many calls at a time against a server that fails one request in ten.

mod flaky;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use retry_core::Policy;
use retry_reqwest::RetryClient;
use tokio::task::JoinSet;

use flaky::{Flaky, failures};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(8);
const CALLS: usize = 20_000;

#[tokio::test]
async fn every_call_succeeds_with_few_extra_requests_and_nothing_is_left_behind() {
    let (url, server) = Flaky::start(true);
    let client = RetryClient::new(client(), POLICY);
    let tasks = tokio::runtime::Handle::current().metrics();
    let before = tasks.num_alive_tasks();

    let retrying = client.clone();
    let call = move |number: usize| {
        let (client, url) = (retrying.clone(), format!("{url}{number}"));
        async move {
            let text = client.get(url).text().await;
            text.as_deref().is_ok_and(|text| text == "good") || {
                println!("{text:?}");
                false
            }
        }
    };
    let began = Instant::now();
    assert_eq!(calls(CALLS, call).await, CALLS);
    let hits = server.hits.load(Ordering::SeqCst);
    println!("{hits} requests in {:?}", began.elapsed());
    // Not one request more than the faults ask for.
    assert_eq!(hits, CALLS + (0..CALLS).map(failures).sum::<usize>());

    drop(client);
    let patience = Instant::now() + Duration::from_secs(5);
    while server.open.load(Ordering::SeqCst) > 0 || tasks.num_alive_tasks() > before {
        assert!(Instant::now() < patience, "connections or tasks are left");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Connects to loopback directly, even if the machine has a proxy.
fn client() -> Client {
    Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

/// Makes `count` calls, 64 at a time. Returns how many succeeded.
async fn calls<F, C>(count: usize, call: F) -> usize
where
    F: Fn(usize) -> C + Clone + Send + 'static,
    C: Future<Output = bool> + Send,
{
    let begun = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..64 {
        let (begun, call) = (Arc::clone(&begun), call.clone());
        workers.spawn(async move {
            let mut good = 0;
            loop {
                let number = begun.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return good;
                }
                good += usize::from(call(number).await);
            }
        });
    }
    workers.join_all().await.into_iter().sum()
}
