//! Clients under a policy, and what their requests carry.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderName;
use retry_core::{Budget, GiveUp, On, Policy};
use retry_reqwest::testing::{Recorded, Reply, Server, hang, raw, reply};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt, RetryClient};

use crate::server::{busy, client, ok, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
fn failing() -> Reply {
    reply(500).body("answer")
}

#[tokio::test]
async fn each_method_of_the_client_sends_its_own() {
    let server = Server::repeat_last([ok()]);
    let client = RetryClient::new(client(), POLICY);
    let url = server.url();
    client.get(&url).send().await.unwrap();
    client.head(&url).send().await.unwrap();
    client.put(&url).send().await.unwrap();
    client.delete(&url).send().await.unwrap();
    client.post(&url).send().await.unwrap();
    client.patch(&url).send().await.unwrap();
    client.request(Method::OPTIONS, &url).send().await.unwrap();
    let methods: Vec<String> = server
        .requests()
        .iter()
        .map(|seen| seen.method.to_string())
        .collect();
    let sent = ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"];
    assert_eq!(methods, sent);
}

#[tokio::test]
async fn a_request_of_the_client_may_be_changed() {
    let server = Server::repeat_last([busy(), ok()]);
    let client = RetryClient::new(client(), POLICY);
    let request = client.post(server.url());
    let request = request.with(|request| request.header("x-order", "7").body("apples"));
    request.send().await.unwrap();
    assert_eq!(server.requests().len(), 2);
    for seen in server.requests() {
        assert_eq!(seen.headers["x-order"], "7");
        assert!(seen.has_body("apples"));
    }
}

#[tokio::test]
async fn each_attempt_sends_what_the_url_and_the_settings_say() {
    let server = Server::repeat_last([busy(), ok()]);
    let client =
        RetryClient::new(client(), POLICY).attempt_header(HeaderName::from_static("x-attempt"));
    let url = server.url().replace("http://", "http://user:pass@");
    let request = client
        .delete(format!("{url}/path?query=1"))
        .idempotency_key();
    request.send().await.unwrap();
    let seen = server.requests();
    let attempts: Vec<_> = seen.iter().map(|seen| &seen.headers["x-attempt"]).collect();
    assert_eq!(attempts, ["1", "2"]);
    assert_eq!(
        seen[0].headers["idempotency-key"],
        seen[1].headers["idempotency-key"]
    );
    for seen in &seen {
        assert_eq!(seen.headers["authorization"], "Basic dXNlcjpwYXNz");
        assert_eq!(seen.path, "/path?query=1");
    }
}

#[tokio::test]
async fn a_timeout_that_is_set_on_the_request_holds_for_each_attempt() {
    let server = Server::repeat_last([hang(), hang(), ok()]);
    let client = RetryClient::new(client(), POLICY);
    let request = client.get(server.url());
    let request = request.with(|request| request.timeout(Duration::from_millis(50)));
    request.send().await.unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_policy_may_have_a_classifier_of_its_own() {
    let server = Server::repeat_last([reply(404).body("answer"), ok()]);
    let not_yet = |error: &Error| error.status().is_some_and(|status| status == 404);
    let client = RetryClient::new(client(), POLICY.on_error(not_yet));
    assert_eq!(client.get(server.url()).text().await.unwrap(), "answer");
}

fn keys(server: &Server) -> Vec<String> {
    let key = |seen: &Recorded| seen.headers["idempotency-key"].to_str().map(str::to_owned);
    server
        .requests()
        .iter()
        .map(|seen| key(seen).unwrap())
        .collect()
}

#[tokio::test]
async fn an_idempotency_key_is_the_same_for_all_attempts_and_another_for_each_call() {
    let server = Server::repeat_last([failing(), failing(), ok()]);
    let client = RetryClient::new(client(), POLICY);
    for _ in 0..2 {
        let request = client.post(server.url()).idempotency_key();
        request.send().await.unwrap();
    }
    let keys = keys(&server);
    assert_eq!(keys.len(), 4);
    assert!(
        keys[0] == keys[1] && keys[1] == keys[2] && keys[2] != keys[3],
        "{keys:?}"
    );
    assert_eq!(keys[0].len(), 36);
}

#[tokio::test]
async fn an_idempotency_key_that_is_there_is_kept() {
    let server = Server::repeat_last([failing(), ok()]);
    let request = client()
        .post(server.url())
        .header("Idempotency-Key", "mine");
    let request = request.retry(&POLICY).idempotency_key();
    request.send().await.unwrap();
    assert_eq!(keys(&server), ["mine", "mine"]);
}

#[tokio::test]
async fn a_post_without_a_key_is_sent_once_where_it_may_have_been_processed() {
    let server = Server::repeat_last([failing()]);
    let client = RetryClient::new(client(), POLICY);
    client.post(server.url()).send().await.unwrap_err();
    assert_eq!(server.requests().len(), 1);

    let client = RetryClient::new(client.client().clone(), POLICY.on(On::Ambiguous));
    client.post(server.url()).send().await.unwrap_err();
    assert_eq!(server.requests().len(), 1 + 5);
}

#[tokio::test]
async fn a_server_that_says_to_retry_decides_over_the_method() {
    let server = Server::repeat_last([
        reply(500).header("x-should-retry", "true").body("answer"),
        reply(400).header("x-should-retry", "true").body("answer"),
        reply(503)
            .header("x-should-retry", "false")
            .header("retry-after", "1")
            .body("answer"),
    ]);
    let error = client().post(server.url()).retry(&POLICY).send().await;
    let error = error.unwrap_err();
    assert_eq!(
        error.explain().rule,
        "the server sent x-should-retry: false"
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_url_that_is_none_is_an_error_without_an_attempt_after_it() {
    let client = RetryClient::new(client(), POLICY.on(On::Any));
    let (outcome, report) = client.get("no url").report().text().await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(report.attempts, 1);
}

#[tokio::test]
async fn calls_that_each_fail_once_use_one_connection() {
    let script = (0..100).flat_map(|_| [reply(500).body("answer"), ok()]);
    let server = Server::repeat_last(script);
    let client = RetryClient::new(client(), POLICY);
    for _ in 0..100 {
        assert_eq!(client.get(server.url()).text().await.unwrap(), "answer");
    }
    assert_eq!(server.requests().len(), 200);
    assert_eq!(server.connections(), 1);
}

#[cfg(feature = "json")]
#[tokio::test]
async fn json_is_read_within_the_boundary_and_one_that_does_not_decode_is_permanent() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct User {
        id: u32,
    }

    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\"".to_vec();
    let server = Server::repeat_last([
        raw(half).close(),
        respond(200, "", "{\"id\":7}"),
        respond(200, "", "{\"name\":7}"),
    ]);
    let client = RetryClient::new(client(), POLICY);
    let user = client.get(server.url()).json::<User>().await.unwrap();
    assert_eq!((user, server.requests().len()), (User { id: 7 }, 2));

    let (outcome, report) = client.get(server.url()).report().json::<User>().await;
    assert_eq!(
        outcome.unwrap_err().explain().rule,
        "the body does not decode"
    );
    assert_eq!(report.attempts, 1);
}

#[tokio::test]
async fn a_budget_counts_each_call_once_and_each_retry() {
    let budget = std::sync::Arc::new(Budget::new(0.5).burst(1));
    let policy = POLICY.budget(std::sync::Arc::clone(&budget));
    let server = Server::repeat_last([failing()]);
    let client = RetryClient::new(client(), policy);
    // One token at first, which is all it holds, and half a one for each call.
    let mut attempts = Vec::new();
    for _ in 0..4 {
        let (_, report) = client.get(server.url()).report().send().await;
        attempts.push(report.attempts);
    }
    assert_eq!(attempts, [2, 1, 2, 1]);
}

#[tokio::test]
async fn a_call_nested_in_another_keeps_to_the_deadline_of_that() {
    let server = Server::repeat_last([hang()]);
    let client = RetryClient::new(client(), POLICY);
    let outer = POLICY.deadline(Duration::from_millis(60));
    let call = || client.get(server.url()).text();
    let error = outer.run(call).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_call_that_gives_up_within_another_is_not_multiplied() {
    let server = Server::repeat_last([failing()]);
    let client = RetryClient::new(client(), POLICY);
    let (outcome, report) = POLICY
        .run(|| client.get(server.url()).text())
        .report()
        .await;
    assert!(outcome.is_err());
    assert_eq!(report.gave_up, Some(GiveUp::Nested));
    assert_eq!(server.requests().len(), 5);
}
