//! hyper-util's client, by a policy and in a stack of tower.

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use retry_core::tower::RetryLayer;
use retry_core::{Class, Classified, Classify, GiveUp, NoDelay, Policy, note_give_up, transient};
use retry_http::RequestFacts;
use retryable::http::testing::{Server, reply};
use tower::{Layer, ServiceExt, service_fn};

use super::ATTEMPTS;

type Error = super::Error<Box<dyn std::error::Error + Send + Sync>>;
type HttpClient = Client<HttpConnector, Full<Bytes>>;

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(ATTEMPTS);

fn client() -> HttpClient {
    Client::builder(TokioExecutor::new()).build_http()
}

async fn send_once(client: HttpClient, request: Request<Full<Bytes>>) -> Result<StatusCode, Error> {
    let facts = RequestFacts::of(&request);
    let lost = |error: Box<dyn std::error::Error + Send + Sync>, class| {
        Error::Transport(Classified::new(error, facts.class(class)))
    };
    let response = client.request(request).await.map_err(|error| {
        let class = if error.is_connect() {
            Class::Refused
        } else {
            Class::Transient
        };
        lost(error.into(), class)
    })?;
    facts.check(&response).map_err(|error| {
        if error.server_gave_up() {
            note_give_up();
        }
        Error::Status(error)
    })?;
    let (head, body) = response.into_parts();
    let body = body.collect().await;
    body.map_err(|error| lost(error.into(), Class::Transient))?;
    Ok(head.status)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(future)
}

fn bytes(request: &Request<&'static str>) -> Request<Full<Bytes>> {
    request.clone().map(|body| Full::from(Bytes::from(body)))
}

fn by_policy(request: &Request<&'static str>) -> Result<(), Class> {
    let (client, request) = (client(), bytes(request));
    let sent = block_on(POLICY.run(|| send_once(client.clone(), request.clone())));
    sent.map(drop).map_err(|error| error.classify())
}

fn in_a_stack(request: &Request<&'static str>) -> Result<(), Class> {
    let client = client();
    let service = service_fn(move |request| send_once(client.clone(), request));
    let service = RetryLayer::new(POLICY).layer(service);
    let sent = block_on(service.oneshot(bytes(request)));
    sent.map(drop).map_err(|error| error.classify())
}

#[test]
fn a_policy_repeats_the_requests_of_hyper_util_that_may_be_repeated() {
    super::check(by_policy);
}

#[test]
fn a_layer_repeats_the_requests_of_hyper_util_that_may_be_repeated() {
    super::check(in_a_stack);
}

#[test]
fn a_refused_connection_of_hyper_util_is_refused() {
    super::check_a_refused_connection(by_policy);
}

#[test]
fn until_repeats_a_response_that_is_a_success_but_not_the_end() {
    let server = Server::script([reply(202), reply(503), reply(202), reply(200)]);
    let client = client();
    let service = service_fn(move |request| send_once(client.clone(), request));
    let policy = POLICY.max_attempts(4);
    let service = RetryLayer::new(policy)
        .until(|status: &StatusCode| *status != StatusCode::ACCEPTED)
        .layer(service);
    let request = super::request(&http::Method::GET, &server.url(), false);
    let status = block_on(service.oneshot(bytes(&request))).unwrap();
    assert_eq!(status, StatusCode::OK);
    server.finish();
}

#[test]
fn a_server_that_gave_up_ends_the_enclosing_call() {
    let server = Server::script([reply(503).header("x-should-retry", "false")]);
    let client = client();
    let (outcome, report) = block_on(async {
        let outer = POLICY.run(|| async {
            let request = super::request(&http::Method::GET, &server.url(), false);
            let sent = POLICY.run(|| send_once(client.clone(), bytes(&request)));
            sent.await.map_err(transient)
        });
        outer.report().await
    });
    assert!(outcome.is_err());
    assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Nested)));
    server.finish();
}
