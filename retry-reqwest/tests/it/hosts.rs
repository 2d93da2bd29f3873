//! Budgets per host: each host has its own, and what is not used costs nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retry_core::{Budget, GiveUp, NoDelay, Policy, Report};
use retry_reqwest::testing::{Reply, Server, reply};
use retry_reqwest::{Error, ErrorKind, RetryClient};

use crate::server::{client, ok};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(10);
fn failing() -> Reply {
    reply(500).body("answer")
}

async fn get(client: &RetryClient, server: &Server) -> (Result<(), Error>, Report) {
    let (outcome, report) = client.get(server.url()).report().text().await;
    (outcome.map(drop), report)
}

#[tokio::test]
async fn a_host_that_is_down_uses_up_its_own_retries_and_no_others() {
    let down = Server::repeat_last([failing()]);
    let shaky = Server::repeat_last([failing(), failing(), ok()]);
    let client = RetryClient::new(client(), POLICY).budget_per_host(|| Budget::new(0.5).burst(3));

    let (outcome, report) = get(&client, &down).await;
    // The caller's own error.
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Status, 500)
    );
    assert_eq!(
        (report.attempts, report.gave_up),
        (1 + 3, Some(GiveUp::Budget))
    );
    // Two calls deposit one retry.
    let attempts = [get(&client, &down).await.1, get(&client, &down).await.1];
    assert_eq!(attempts.map(|report| report.attempts), [1, 2]);

    let (outcome, report) = get(&client, &shaky).await;
    assert!(outcome.is_ok());
    assert_eq!((report.attempts, report.gave_up), (3, None));
}

#[tokio::test]
async fn the_host_that_was_called_least_recently_leaves_first() {
    let budgets = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&budgets);
    let make = move || {
        count.fetch_add(1, Ordering::SeqCst);
        Budget::new(0.0).burst(1)
    };
    let client = RetryClient::new(client(), POLICY)
        .budget_per_host(make)
        .max_hosts(2);
    let servers = [
        Server::repeat_last([failing()]),
        Server::repeat_last([failing()]),
        Server::repeat_last([failing()]),
    ];
    let attempts = async |server: usize| get(&client, &servers[server]).await.1.attempts;
    assert_eq!((attempts(0).await, attempts(1).await), (2, 2));
    assert_eq!((attempts(0).await, attempts(1).await), (1, 1));
    // In the place of 0, which was called before 1.
    assert_eq!((attempts(2).await, attempts(1).await), (2, 1));
    assert_eq!((attempts(0).await, budgets.load(Ordering::SeqCst)), (2, 4));
}

#[tokio::test]
async fn a_budget_of_the_policy_counts_too() {
    let shared = Arc::new(Budget::new(0.0).burst(1));
    let server = Server::repeat_last([failing()]);
    let client = RetryClient::new(client(), POLICY.budget(Arc::clone(&shared)))
        .budget_per_host(|| Budget::new(0.0).burst(5));
    let (_, report) = client.get(server.url()).report().text().await;
    assert_eq!((report.attempts, report.gave_up), (2, Some(GiveUp::Budget)));
}

#[tokio::test]
async fn clones_of_a_client_share_the_budgets() {
    let server = Server::repeat_last([failing()]);
    let client = RetryClient::new(client(), POLICY).budget_per_host(|| Budget::new(0.0).burst(1));
    let clone = client.clone();
    assert_eq!(get(&client, &server).await.1.attempts, 2);
    assert_eq!(get(&clone, &server).await.1.attempts, 1);
}

#[tokio::test]
async fn a_url_without_a_host_is_an_error_as_ever() {
    let client = RetryClient::new(client(), POLICY).budget_per_host(|| Budget::new(0.1));
    for url in ["no url", "data:text/plain,x"] {
        let error = client.get(url).text().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
    }
}
