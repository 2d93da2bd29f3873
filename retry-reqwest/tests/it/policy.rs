//! Policies of retry-core over calls of reqwest.

use std::time::Duration;

use reqwest::StatusCode;
use retry_core::Policy;
use retry_reqwest::RequestBuilderExt;

use retry_reqwest::testing::{Reply, Server, raw, reset};

use crate::server::{client, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);

fn flaky() -> [Reply; 4] {
    [
        reset(),
        respond(503, "retry-after-ms: 1\r\n", "busy"),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").close(),
        respond(200, "", "whole"),
    ]
}

#[tokio::test]
async fn a_call_that_reads_its_response_is_retried_until_it_is_complete() {
    let server = Server::repeat_last(flaky());
    let (client, url) = (client(), server.url());
    let call = || async {
        let response = client.get(&url).send_checked().await?;
        response.text().await
    };
    assert_eq!(POLICY.run(call).await.unwrap(), "whole");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_plain_error_of_reqwest_needs_nothing_else() {
    let server = Server::repeat_last(flaky());
    let (client, url) = (client(), server.url());
    let call = || async {
        let response = client.get(&url).send().await?.error_for_status()?;
        response.text().await
    };
    assert_eq!(POLICY.run(call).await.unwrap(), "whole");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_server_that_always_resets_gets_as_many_calls_as_the_policy_allows() {
    let server = Server::repeat_last([reset()]);
    let (client, url) = (client(), server.url());
    let error = POLICY.run(|| client.get(&url).send()).await.unwrap_err();
    assert!(error.is_request());
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_post_is_repeated_only_where_it_was_not_processed() {
    let server = Server::repeat_last([
        respond(429, "retry-after-ms: 1\r\n", ""),
        respond(500, "", ""),
    ]);
    let (client, url) = (client(), server.url());
    let post = || client.post(&url).body("order").send_checked();
    let error = POLICY.run(post).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(server.requests().len(), 2);
}
