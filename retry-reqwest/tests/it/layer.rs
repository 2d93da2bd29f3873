//! The same rules for stacks of tower.

use std::time::Duration;

use reqwest::{Client, Request, Response};
use retry_core::Policy;
use retry_reqwest::testing::{Reply, Server, reply, reset};
use retry_reqwest::{ErrorKind, RetryLayer, RetrySettings};
use tower::{Layer, Service, ServiceExt};

use crate::server::{Refusing, client, ok, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(5);
fn failing() -> Reply {
    reply(500).body("answer")
}

fn post(url: &str) -> Request {
    Client::new().post(url).body("order").build().unwrap()
}

#[tokio::test]
async fn requests_through_a_stack_are_retried() {
    let act = [reset(), respond(503, "", ""), respond(200, "", "yes")];
    let server = Server::repeat_last(act);
    let mut service = RetryLayer::new(POLICY).layer(client());
    for _ in 0..2 {
        let request = client().get(server.url()).build().unwrap();
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.text().await.unwrap(), "yes");
    }
    assert_eq!(server.requests().len(), 3 + 1);
}

#[tokio::test]
async fn any_service_may_be_inside() {
    let server = Server::repeat_last([failing(), ok()]);
    let inner = client();
    let service = tower::service_fn(move |mut request: Request| {
        request
            .headers_mut()
            .insert("x-layer", "1".parse().unwrap());
        let inner = inner.clone();
        async move { inner.execute(request).await }
    });
    let service = RetryLayer::new(POLICY).layer(service);
    let request = client().get(server.url()).build().unwrap();
    let response: Response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        server
            .requests()
            .iter()
            .all(|seen| seen.headers["x-layer"] == "1")
    );
}

#[tokio::test]
async fn a_post_is_repeated_only_by_its_settings() {
    let server = Server::repeat_last([failing()]);
    let service = RetryLayer::new(POLICY).layer(client());
    let response = service.oneshot(post(&server.url())).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), server.requests().len()),
        (500, 1)
    );

    let layer = RetryLayer::new(POLICY).settings_by(|_| RetrySettings::new().idempotent());
    let response = layer.layer(client()).oneshot(post(&server.url())).await;
    assert_eq!(
        (response.unwrap().status().as_u16(), server.requests().len()),
        (500, 1 + 5)
    );
}

#[tokio::test]
async fn a_request_may_have_its_own_policy() {
    let server = Server::repeat_last([failing()]);
    let layer = RetryLayer::new(POLICY).settings_by(|request| match request.url().path() {
        "/once" => RetrySettings::new().policy(POLICY.max_attempts(1)),
        _ => RetrySettings::new(),
    });
    let service = layer.layer(client());
    let mut attempts = Vec::new();
    for path in ["once", "often"] {
        let request = client()
            .get(format!("{}/{path}", server.url()))
            .build()
            .unwrap();
        let before = server.requests().len();
        service.clone().oneshot(request).await.unwrap();
        attempts.push(server.requests().len() - before);
    }
    assert_eq!(attempts, [1, 5]);
}

#[tokio::test]
async fn a_failure_of_the_transport_is_an_error_of_this_crate() {
    let refusing = Refusing::start();
    let url = refusing.url();
    let service = RetryLayer::new(POLICY).layer(client());
    let error = service.oneshot(post(&url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
}
