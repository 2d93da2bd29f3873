//! Chains of services, each of which retries its calls to the next: real sockets, one layer around each.

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use reqwest::header::HeaderName;
use retry_core::{Attempt, GiveUp, NoDelay, Policy, attempt};
use retry_http::server::UpstreamLayer;
use retry_reqwest::testing::{Reply, Server, hang, reply};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt, RetryClient};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::{Layer, ServiceExt, service_fn};

use crate::server::{client, ok};

pub(crate) const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");
pub(crate) const REMAINING: HeaderName = HeaderName::from_static("x-remaining-ms");
pub(crate) const FIVE: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5);
fn down() -> Reply {
    reply(503).body("answer")
}

pub(crate) fn layer() -> UpstreamLayer {
    UpstreamLayer::new()
        .attempt_header(ATTEMPT)
        .remaining_header(REMAINING)
}

pub(crate) fn answer(status: u16) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from("answer"));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// How a service responds if its own call ended so.
fn relayed(outcome: &Result<String, Error>) -> Response<Full<Bytes>> {
    answer(if outcome.is_ok() { 200 } else { 502 })
}

/// What a service knew of each of its callers' attempts.
type Known = Vec<Option<(u32, Option<Duration>)>>;

/// A service of hyper on loopback, because the layer under test wraps one. It responds with its handler. Runs until it is dropped.
struct Service {
    url: String,
    known: Arc<Mutex<Known>>,
    task: JoinHandle<()>,
}

impl Service {
    async fn start<F, A>(layer: Option<UpstreamLayer>, handler: F) -> Self
    where
        F: Fn() -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Full<Bytes>>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let known = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&known);
        let handle = move |_: Request<Incoming>| {
            let here = attempt().map(|attempt| (attempt.number(), attempt.remaining()));
            log.lock().unwrap().push(here);
            let answer = handler();
            async { Ok::<_, Infallible>(answer.await) }
        };
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (layer, handle) = (layer.clone(), handle.clone());
                let service = hyper::service::service_fn(move |request| {
                    let handle = service_fn(handle.clone());
                    let layered = layer.as_ref().map(|layer| layer.layer(handle.clone()));
                    async move {
                        match layered {
                            Some(layered) => layered.oneshot(request).await,
                            None => handle.oneshot(request).await,
                        }
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self { url, known, task }
    }

    fn known(&self) -> Known {
        self.known.lock().unwrap().clone()
    }

    fn requests(&self) -> usize {
        self.known().len()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A service that asks the one at `url`, with five attempts.
async fn relay(layer: Option<UpstreamLayer>, url: String) -> Service {
    let client = RetryClient::new(client(), FIVE)
        .attempt_header(ATTEMPT)
        .remaining_header(REMAINING);
    let handler = move || {
        let (client, url) = (client.clone(), url.clone());
        async move { relayed(&client.get(url).text().await) }
    };
    Service::start(layer, handler).await
}

/// The requests at A, B and C for one call with five attempts, where C is down.
async fn requests(with: Option<UpstreamLayer>) -> [usize; 3] {
    let c = Server::repeat_last([down()]);
    let b = relay(with.clone(), c.url()).await;
    let a = relay(with, b.url.clone()).await;
    let call = client().get(&a.url).retry(&FIVE).send();
    assert_eq!(call.await.unwrap_err().status().unwrap(), 502);
    [a.requests(), b.requests(), c.requests().len()]
}

#[tokio::test]
async fn three_services_with_five_attempts_each_make_five_requests_at_the_last() {
    assert_eq!(requests(Some(layer())).await, [1, 1, 5]);
    // It needs no header, because the response says it.
    assert_eq!(requests(Some(UpstreamLayer::new())).await, [1, 1, 5]);
    assert_eq!(requests(None).await, [5, 25, 125]);
}

#[tokio::test]
async fn a_chain_in_which_the_last_recovers_retries_at_the_last_alone() {
    let c = Server::repeat_last([down(), down(), ok()]);
    let b = relay(Some(layer()), c.url()).await;
    let a = relay(Some(layer()), b.url.clone()).await;
    let text = client().get(&a.url).retry(&FIVE).text().await;
    assert_eq!(text.unwrap(), "answer");
    assert_eq!([a.requests(), b.requests(), c.requests().len()], [1, 1, 3]);
}

#[tokio::test]
async fn a_service_that_fails_for_its_own_reason_is_asked_again() {
    let c = Server::repeat_last([ok()]);
    let url = c.url();
    let b = Service::start(Some(layer()), move || {
        let url = url.clone();
        async move {
            let asked = client().get(url).retry(&FIVE).text().await;
            assert_eq!(asked.unwrap(), "answer");
            answer(500)
        }
    });
    let b = b.await;
    let call = client().get(&b.url).retry(&FIVE).report().send();
    let report = call.await.1;
    assert_eq!(
        (report.attempts, report.gave_up),
        (5, Some(GiveUp::Exhausted))
    );
    assert_eq!(c.requests().len(), 5);
}

#[tokio::test]
async fn a_service_knows_which_attempt_it_handles_and_how_long_it_has() {
    let b = Service::start(Some(layer()), || async {
        answer(match attempt().map(Attempt::number) {
            Some(3) => 200,
            _ => 500,
        })
    })
    .await;
    let policy = FIVE.deadline(Duration::from_secs(20));
    let request = client().get(&b.url).retry(&policy);
    let request = request.attempt_header(ATTEMPT).remaining_header(REMAINING);
    request.send().await.unwrap();
    let (numbers, left): (Vec<_>, Vec<_>) = b.known().into_iter().map(Option::unwrap).unzip();
    assert_eq!(numbers, [1, 2, 3]);
    let most = Duration::from_secs(20);
    assert!(left.iter().all(|left| left.unwrap() <= most), "{left:?}");
    assert!(left.iter().all(|left| left.unwrap() > most / 2), "{left:?}");
}

#[tokio::test]
async fn the_deadline_of_the_first_caller_bounds_calls_two_services_on() {
    let c = Server::repeat_last([hang()]);
    let b = relay(Some(layer()), c.url()).await;
    let a = relay(Some(layer()), b.url.clone()).await;
    let policy = FIVE.deadline(Duration::from_secs(1));
    let began = Instant::now();
    let request = client().get(&a.url).retry(&policy);
    let request = request.remaining_header(REMAINING).attempt_header(ATTEMPT);
    let error = request.send().await.unwrap_err();
    let took = began.elapsed();
    // By its own clock, or by a response that comes just before.
    let kinds = [ErrorKind::TimedOut, ErrorKind::Status];
    assert!(kinds.contains(&error.kind()), "{error:?}");
    assert!(took >= Duration::from_millis(900), "{took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    // What is left gets less from service to service, and no one asks twice.
    let left = |service: &Service| service.known()[0].unwrap().1.unwrap();
    assert!(left(&a) <= Duration::from_secs(1));
    assert!(left(&b) <= left(&a));
    assert_eq!((a.requests(), b.requests(), c.requests().len()), (1, 1, 1));
}
