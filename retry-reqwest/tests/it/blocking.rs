//! The same rules for requests that block the thread.

use std::fmt::Write;
use std::io::{self, Cursor};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use reqwest::blocking::{Body, Client};
use reqwest::header::HeaderName;
use retry_core::{Budget, Class, GiveUp, Policy, Upstream};
use retry_reqwest::blocking::{ReplayBody, RequestBuilderExt, RetryClient};
use retry_reqwest::testing::{Reply, Server, hang, raw, reply, reset};
use retry_reqwest::{Error, ErrorKind};

use crate::server::{bodies, busy, ok, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
fn failing() -> Reply {
    reply(500).body("answer")
}

/// The blocking client of the tests, as the awaited one in `server`.
pub(crate) fn client() -> Client {
    let builder = Client::builder().no_proxy().tls_certs_only([]);
    builder.build().unwrap()
}

/// On a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce(Client) -> T + Send + 'static,
) -> T {
    let call = || call(client());
    tokio::task::spawn_blocking(call).await.unwrap()
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_again_from_its_start() {
    let server = Server::repeat_last([
        reset(),
        respond(503, "retry-after-ms: 1\r\n", "busy"),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").close(),
        respond(200, "", "whole"),
    ]);
    let url = server.url();
    let (text, report) = blocking(|client| client.get(url).retry(&POLICY).report().text()).await;
    assert_eq!((text.unwrap().as_str(), report.attempts), ("whole", 4));
}

#[tokio::test]
async fn a_post_is_repeated_only_by_its_settings() {
    let server = Server::repeat_last([failing()]);
    let url = server.url();
    let error = blocking(move |client| {
        let post = || client.post(&url).body("order").retry(&POLICY);
        post().idempotency_key().send().unwrap_err();
        post().send().unwrap_err()
    })
    .await;
    assert_eq!(error.explain().class, Class::Ambiguous);
    assert_eq!(error.body(), b"answer");
    let seen = server.requests();
    assert_eq!(seen.len(), 5 + 1);
    let key = |number: usize| seen[number].headers.get("idempotency-key");
    assert!(key(0).is_some() && key(0) == key(4) && key(5).is_none());
    // The bodies of failed responses were read.
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_body_is_made_for_each_attempt_and_a_reader_is_sent_once() {
    let server = Server::repeat_last([busy(), ok(), busy()]);
    let url = server.url();
    let (made, once) = blocking(move |client| {
        let put = || client.put(&url);
        let made = put()
            .retry(&POLICY)
            .replay_body(ReplayBody::from_fn(|| Ok::<_, io::Error>("whole")));
        let once = put().body(Body::new(Cursor::new("whole"))).retry(&POLICY);
        (
            made.send().map(|response| response.status()),
            once.report().send(),
        )
    })
    .await;
    assert_eq!(made.unwrap(), 200);
    let (outcome, report) = once;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Status);
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::NotRetryable))
    );
    assert_eq!(bodies(&server), [(); 3].map(|()| Some("whole".into())));
}

#[tokio::test]
async fn an_enclosing_deadline_shortens_the_timeout_that_a_request_has() {
    let server = Server::repeat_last([hang()]);
    let url = server.url();
    let (error, took) = blocking(move |client| {
        let began = Instant::now();
        let mut upstream = Upstream::new().remaining(Duration::from_millis(60));
        let request = client.get(url).timeout(Duration::from_secs(10));
        let outcome = upstream.serve_blocking(|| request.retry(&POLICY).text());
        (outcome.unwrap_err(), began.elapsed())
    })
    .await;
    assert_eq!(error.explain().class, Class::Transient);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn hooks_hear_of_each_retry_and_show_no_secret() {
    let server = Server::repeat_last([busy(), ok()]);
    let url = server.url() + "/?key=secret";
    let shown = blocking(move |client| {
        let shown = Mutex::new(Vec::new());
        let request = client.get(url).bearer_auth("secret").retry(&POLICY);
        let request = request.on_retry(|event| shown.lock().unwrap().push(format!("{event:?}")));
        request.bytes().map(|_| shown.into_inner().unwrap())
    });
    let shown: Result<_, Error> = shown.await;
    let shown = shown.unwrap();
    assert!(
        shown.len() == 1 && !shown[0].contains("secret"),
        "{shown:?}"
    );
}

#[tokio::test]
async fn no_error_shows_a_secret_nor_more_than_512_bytes_of_a_body() {
    let whole = "x".repeat(512) + "secret";
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let server = Server::repeat_last([
        respond(404, "set-cookie: session=secret\r\n", &whole),
        raw(half).close(),
    ]);
    let url = server.url().replace("http://", "http://secret:secret@") + "/path?key=secret";
    let errors = blocking(move |client| {
        let client = RetryClient::new(client, POLICY.max_attempts(1));
        let get = || {
            client
                .get(&url)
                .with(|request| request.bearer_auth("secret"))
        };
        [
            get().text().unwrap_err(),
            get().text().unwrap_err(),
            get().download(io::sink()).unwrap_err(),
        ]
    })
    .await;
    assert_eq!(errors[0].body().len(), 512);
    let mut shown = format!("{errors:?} {errors:#?}");
    for error in &errors {
        shown += &error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(error) = source {
            write!(shown, "{error} {error:?}").unwrap();
            source = error.source();
        }
    }
    assert!(
        shown.contains("path") && !shown.contains("secret"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_client_has_one_policy_a_budget_for_each_host_and_the_same_requests() {
    let server = Server::repeat_last([busy(), ok(), failing()]);
    let url = server.url();
    let (first, second) = blocking(move |client| {
        let client = RetryClient::new(client, POLICY)
            .attempt_header(HeaderName::from_static("x-attempt"))
            .budget_per_host(|| Budget::new(0.0).burst(2));
        let first = client.put(&url).with(|request| request.body("whole"));
        let first = first.report().bytes();
        (first, client.get(&url).report().send())
    })
    .await;
    assert_eq!((first.0.unwrap(), first.1.attempts), ("answer".into(), 2));
    // One retry of the two is left.
    second.0.unwrap_err();
    assert_eq!(
        (second.1.attempts, second.1.gave_up),
        (2, Some(GiveUp::Budget))
    );
    let seen = server.requests();
    let attempts: Vec<_> = seen.iter().map(|seen| &seen.headers["x-attempt"]).collect();
    assert_eq!(attempts, ["1", "2", "1", "2"]);
    assert!(seen[1].has_body("whole"));
}

#[tokio::test]
async fn a_checked_request_knows_its_method() {
    let server = Server::repeat_last([failing(), failing(), ok()]);
    let url = server.url();
    let (get, post, good) = blocking(move |client| {
        (
            client.get(&url).send_checked().unwrap_err(),
            client.post(&url).send_checked().unwrap_err(),
            client.get(&url).send_checked().map(|good| good.status()),
        )
    })
    .await;
    assert_eq!(get.explain().class, Class::Transient);
    assert_eq!(post.explain().class, Class::Ambiguous);
    assert_eq!(post.body(), b"answer");
    assert_eq!(good.unwrap(), 200);
}
