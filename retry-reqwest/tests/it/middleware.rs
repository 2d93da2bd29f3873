//! The same rules for clients of reqwest-middleware.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use retry_core::{DynPolicy, Policy};
use retry_reqwest::{Error, ReplayBody, RetryMiddleware, RetrySettings};

use crate::recorder::{BUSY, Recorder, Reply};
use crate::server::{Act, Server, client};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
const FAILING: Reply = Reply::Status(500, &[]);

fn retrying(policy: Policy) -> ClientWithMiddleware {
    ClientBuilder::new(client())
        .with(RetryMiddleware::new(policy))
        .build()
}

#[tokio::test]
async fn a_failed_answer_and_a_broken_connection_are_retried() {
    let act = [
        Act::AnswerAndReset(vec![]),
        Act::status(503, "", ""),
        Act::status(200, "", ""),
    ];
    let server = Server::start(act).await;
    let response = retrying(POLICY).get(server.url()).send().await.unwrap();
    assert_eq!((response.status(), server.requests()), (StatusCode::OK, 3));
}

#[tokio::test]
async fn the_last_answer_comes_back_with_its_body_unread() {
    let server = Server::start([Act::status(500, "", "why")]).await;
    let response = retrying(POLICY).get(server.url()).send().await.unwrap();
    assert_eq!(
        (response.status(), server.requests()),
        (StatusCode::INTERNAL_SERVER_ERROR, 5)
    );
    assert_eq!(response.text().await.unwrap(), "why");
    // All but the last were drained.
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_post_is_repeated_only_by_its_settings() {
    let server = Recorder::start([FAILING]).await;
    let client = retrying(POLICY);
    let post = || client.post(server.url()).body("order");
    assert_eq!(post().send().await.unwrap().status(), 500);
    assert_eq!(server.seen().len(), 1);

    let settings = RetrySettings::new().idempotency_key();
    post().with_extension(settings).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 1 + 5);
    assert!(seen[1..].iter().all(|seen| {
        seen.method == Method::POST
            && seen.headers["idempotency-key"] == seen_key(&server)
            && seen.body.as_deref() == Some(b"order")
    }));
}

fn seen_key(server: &Recorder) -> reqwest::header::HeaderValue {
    server.seen()[1].headers["idempotency-key"].clone()
}

#[tokio::test]
async fn a_request_may_bring_its_policy_and_its_body() {
    let server = Recorder::start([BUSY]).await;
    let settings = RetrySettings::new().replay_body(ReplayBody::from_bytes("whole"));
    let request = retrying(POLICY)
        .put(server.url())
        .with_extension(settings.policy(POLICY.max_attempts(2)));
    assert_eq!(request.send().await.unwrap().status(), 503);
    assert_eq!(
        server.bodies(),
        [Some("whole".into()), Some("whole".into())]
    );
}

#[tokio::test]
async fn a_failure_of_the_transport_comes_back_as_that_of_reqwest() {
    let server = Server::start([Act::AnswerAndReset(vec![])]).await;
    let url = server.url() + "?key=secret";
    let error = retrying(POLICY).get(url).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    assert_eq!(server.requests(), 5);
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_comes_back_as_an_error_of_this_crate() {
    let server = Server::start([Act::AnswerAndHang(vec![])]).await;
    let policy = POLICY.attempt_timeout(Duration::from_millis(40));
    let client = ClientBuilder::new(client())
        .with(RetryMiddleware::new(policy))
        .build();
    let error = client.post(server.url()).send().await.unwrap_err();
    let reqwest_middleware::Error::Middleware(error) = error else {
        panic!("{error:?}");
    };
    let error = error.downcast::<retry_reqwest::Error>().unwrap();
    assert_eq!(error.kind(), retry_reqwest::ErrorKind::TimedOut);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn the_policy_of_a_request_is_obeyed_whatever_its_type() {
    let settings = RetrySettings::new;
    let erased: DynPolicy<Error> = Policy::fixed(Duration::ZERO).max_attempts(4).erase();
    let settings = [
        settings().policy(POLICY.max_attempts(2)),
        settings().policy(POLICY.on_error(|error: &Error| error.status().is_none())),
        settings().policy(POLICY.deadline(Duration::from_secs(60)).max_attempts(3)),
        settings().policy(erased),
        settings(),
    ];
    let mut attempts = Vec::new();
    for settings in settings {
        let server = Recorder::start([FAILING]).await;
        let request = retrying(POLICY).get(server.url()).with_extension(settings);
        request.send().await.unwrap();
        attempts.push(server.seen().len());
    }
    assert_eq!(attempts, [2, 1, 3, 4, 5]);
}

#[tokio::test]
async fn settings_show_their_policy() {
    let settings = RetrySettings::new().policy(POLICY.max_attempts(7));
    let shown = format!("{settings:?}");
    assert!(shown.contains("max_attempts: 7"), "{shown}");
}
