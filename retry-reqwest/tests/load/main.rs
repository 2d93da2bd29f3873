//! Many calls at a time against a server that fails every tenth request.

mod flaky;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use retry_core::Policy;
use retry_reqwest::RetryClient;

use flaky::{Flaky, calls, client};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(8);
const CALLS: usize = 20_000;

#[tokio::test]
async fn every_call_succeeds_with_few_extra_requests_and_nothing_is_left_behind() {
    let (url, server) = Flaky::start();
    let client = RetryClient::new(client(), POLICY);
    let tasks = tokio::runtime::Handle::current().metrics();
    let before = tasks.num_alive_tasks();

    let retrying = client.clone();
    let call = move || {
        let (client, url) = (retrying.clone(), url.clone());
        async move {
            client
                .get(url)
                .text()
                .await
                .is_ok_and(|text| text == "good")
        }
    };
    let began = Instant::now();
    assert_eq!(calls(CALLS, call).await, CALLS);
    let hits = server.hits.load(Ordering::SeqCst);
    println!("{hits} requests in {:?}", began.elapsed());
    assert!(hits <= CALLS * 112 / 100, "{hits}");

    drop(client);
    let patience = Instant::now() + Duration::from_secs(5);
    while server.open.load(Ordering::SeqCst) > 0 || tasks.num_alive_tasks() > before {
        assert!(Instant::now() < patience, "connections or tasks are left");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
