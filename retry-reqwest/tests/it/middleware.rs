//! The same rules for clients of reqwest-middleware.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use retry_core::{DynPolicy, Policy};
use retry_reqwest::testing::{Reply, Server, hang, reply, reset};
use retry_reqwest::{Error, ReplayBody, RetryMiddleware, RetrySettings};

use crate::server::{bodies, busy, client, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
fn failing() -> Reply {
    reply(500).body("answer")
}

fn retrying(policy: Policy) -> ClientWithMiddleware {
    ClientBuilder::new(client())
        .with(RetryMiddleware::new(policy))
        .build()
}

#[tokio::test]
async fn a_failed_response_and_a_broken_connection_are_retried() {
    let act = [reset(), respond(503, "", ""), respond(200, "", "")];
    let server = Server::repeat_last(act);
    let response = retrying(POLICY).get(server.url()).send().await.unwrap();
    assert_eq!(
        (response.status(), server.requests().len()),
        (StatusCode::OK, 3)
    );
}

#[tokio::test]
async fn the_last_response_is_returned_with_its_body_unread() {
    let server = Server::repeat_last([respond(500, "", "why")]);
    let response = retrying(POLICY).get(server.url()).send().await.unwrap();
    assert_eq!(
        (response.status(), server.requests().len()),
        (StatusCode::INTERNAL_SERVER_ERROR, 5)
    );
    assert_eq!(response.text().await.unwrap(), "why");
    // All but the last were drained.
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_post_is_repeated_only_by_its_settings() {
    let server = Server::repeat_last([failing()]);
    let client = retrying(POLICY);
    let post = || client.post(server.url()).body("order");
    assert_eq!(post().send().await.unwrap().status(), 500);
    assert_eq!(server.requests().len(), 1);

    let settings = RetrySettings::new().idempotency_key();
    post().with_extension(settings).send().await.unwrap();
    let seen = server.requests();
    assert_eq!(seen.len(), 1 + 5);
    assert!(seen[1..].iter().all(|seen| {
        seen.method == Method::POST
            && seen.headers["idempotency-key"] == seen_key(&server)
            && seen.has_body("order")
    }));
}

fn seen_key(server: &Server) -> reqwest::header::HeaderValue {
    server.requests()[1].headers["idempotency-key"].clone()
}

#[tokio::test]
async fn a_request_may_bring_its_policy_and_its_body() {
    let server = Server::repeat_last([busy()]);
    let settings = RetrySettings::new().replay_body(ReplayBody::from_bytes("whole"));
    let request = retrying(POLICY)
        .put(server.url())
        .with_extension(settings.policy(POLICY.max_attempts(2)));
    assert_eq!(request.send().await.unwrap().status(), 503);
    assert_eq!(
        bodies(&server),
        [Some("whole".into()), Some("whole".into())]
    );
}

#[tokio::test]
async fn a_failure_of_the_transport_comes_back_as_that_of_reqwest() {
    let server = Server::repeat_last([reset()]);
    let url = server.url() + "/?key=secret";
    let error = retrying(POLICY).get(url).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_comes_back_as_an_error_of_this_crate() {
    let server = Server::repeat_last([hang()]);
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
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_policy_of_a_request_is_obeyed_for_every_type_of_policy() {
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
        let server = Server::repeat_last([failing()]);
        let request = retrying(POLICY).get(server.url()).with_extension(settings);
        request.send().await.unwrap();
        attempts.push(server.requests().len());
    }
    assert_eq!(attempts, [2, 1, 3, 4, 5]);
}

#[tokio::test]
async fn settings_show_their_policy() {
    let settings = RetrySettings::new().policy(POLICY.max_attempts(7));
    let shown = format!("{settings:?}");
    assert!(shown.contains("max_attempts: 7"), "{shown}");
}
