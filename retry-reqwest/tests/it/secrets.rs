//! What calls show, and to whom they send what they were trusted with.

use std::sync::Mutex;
use std::time::Duration;

use retry_core::Policy;
use retry_reqwest::testing::{Server, redirect};
use retry_reqwest::{RequestBuilderExt, RetryClient};

use crate::server::{busy, client, ok};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(4);

/// From one port to another is from one host to another.
#[tokio::test]
async fn no_attempt_sends_credentials_to_another_host() {
    let there = Server::repeat_last([busy(), busy(), ok()]);
    let here = Server::repeat_last([redirect(307, there.url())]);
    let request = client()
        .get(here.url())
        .bearer_auth("secret")
        .header("cookie", "session=secret");
    let text = request.retry(&POLICY).text().await.unwrap();
    assert_eq!(text, "answer");

    // Each attempt began where the first did.
    assert_eq!((here.requests().len(), there.requests().len()), (3, 3));
    for seen in here.requests() {
        assert_eq!(seen.headers["authorization"], "Bearer secret");
    }
    for seen in there.requests() {
        let shown = format!("{:?}", seen.headers);
        assert!(!shown.contains("secret"), "{shown}");
    }
}

#[tokio::test]
async fn neither_events_nor_requests_show_a_secret() {
    let server = Server::repeat_last([busy()]);
    let url = server
        .url()
        .replace("http://", "http://secret-user:secret-word@")
        + "/path?key=secret";
    let shown = Mutex::new(Vec::new());
    let retrying = RetryClient::new(client(), POLICY);
    let request = retrying.post(url).with(|request| {
        request
            .bearer_auth("secret")
            .header("cookie", "session=secret")
            .body("secret")
    });
    let show = |text| shown.lock().unwrap().push(text);
    show(format!("{retrying:?} {request:?}"));
    let request = request.on_retry(|event| show(format!("{event:?}")));
    let (outcome, report) = request.report().text().await;
    let error = outcome.unwrap_err();
    show(format!("{error} {error:?} {report:?}"));
    let shown = shown.into_inner().unwrap().join("\n");
    assert!(shown.contains("path"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
    assert_eq!(server.requests().len(), 4);
    assert!(server.requests()[0].path.contains("secret"));
}
