//! Calls over HTTP in trees of calls: a real server on loopback, and each of the ways to send a request.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next};
use retryable::http::testing::{Recorded, Reply, Server, reply};
use retryable::http::{self, RequestBuilderExt, RetryLayer, RetryMiddleware, RetrySettings};
use retryable::server::UpstreamLayer;
use retryable::{Class, Classify, Nested, RetryEvent};
use tokio::runtime::Runtime;
use tower::{Layer, ServiceExt};

use super::tree::{Call, Event, Log, Outcome, attempt, error, policy, push};

/// The status of the server's response.
const STATUS: HeaderName = HeaderName::from_static("x-status");
/// The same, of each attempt of a call: the last is repeated.
const STATUSES: HeaderName = HeaderName::from_static("x-statuses");
const ATTEMPT: HeaderName = HeaderName::from_static("x-attempt");

/// What all calls share.
struct Web {
    runtime: Runtime,
    server: Server,
    client: reqwest::Client,
    blocking: reqwest::blocking::Client,
    calls: AtomicU32,
    /// How many requests came for each call.
    requests: Arc<Mutex<HashMap<u32, u32>>>,
}

static WEB: LazyLock<Web> = LazyLock::new(|| {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    let requests = Arc::new(Mutex::new(HashMap::new()));
    let counts = Arc::clone(&requests);
    let server = Server::respond_with(move |_, request| {
        let call = request.path[1..].parse().unwrap();
        *counts.lock().unwrap().entry(call).or_default() += 1;
        respond(request)
    });
    Web {
        runtime,
        server,
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
        blocking: reqwest::blocking::Client::builder()
            .no_proxy()
            .build()
            .unwrap(),
        calls: AtomicU32::new(0),
        requests,
    }
});

/// The response that the request asks for by its headers.
fn respond(request: &Recorded) -> Reply {
    let status = request.header(STATUS.as_str()).unwrap_or_else(|| {
        let statuses = request.header(STATUSES.as_str()).unwrap().split(',');
        let number: usize = request.header(ATTEMPT.as_str()).unwrap().parse().unwrap();
        // The last is repeated.
        statuses.take(number).last().unwrap()
    });
    reply(status.parse().unwrap())
}

fn status(class: Option<Class>) -> &'static str {
    match class {
        None => "200",
        Some(Class::Transient) => "503",
        Some(_) => "501",
    }
}

/// A separate call to the server, of which every attempt is one request.
struct Requests {
    url: String,
    call: u32,
}

impl Requests {
    fn new() -> Self {
        let call = WEB.calls.fetch_add(1, Ordering::Relaxed);
        let url = format!("{}/{call}", WEB.server.url());
        Self { url, call }
    }

    /// The server saw as many as the log says.
    #[track_caller]
    fn assert_seen(&self, call: &Call, log: &Log) {
        let of =
            |event: &&Event| matches!(event, Event::Attempt { call: id, .. } if *id == call.id);
        let log = log.lock().unwrap();
        let last = log.iter().rev().find(of);
        let Some(Event::Attempt { number, .. }) = last else {
            panic!("no attempt of {}", call.id);
        };
        let seen = WEB.requests.lock().unwrap().get(&self.call).copied();
        assert_eq!(seen, Some(*number));
    }
}

/// How a call of the tree ends whose last response was this.
fn ended(response: &Response) -> Outcome {
    if response.status().is_success() {
        return Ok(());
    }
    let class = http::classify_status(response.status(), response.headers());
    Err(error(class))
}

/// What an attempt does before its request is sent.
#[derive(Clone)]
struct Node {
    call: Call,
    nested: Nested,
    log: Log,
}

impl Node {
    fn of(call: &Call, nested: Nested, log: &Log) -> Self {
        Self {
            call: call.clone(),
            nested,
            log: Log::clone(log),
        }
    }

    fn status(&self) -> &'static str {
        let outcome = attempt(&self.call, self.nested, &self.log);
        status(outcome.err().map(|error| error.class()))
    }

    fn set_status(&self, request: &mut Request) {
        let status = HeaderValue::from_static(self.status());
        request.headers_mut().insert(STATUS, status);
    }
}

#[async_trait::async_trait]
impl Middleware for Node {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut ::http::Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        self.set_status(&mut request);
        next.run(request, extensions).await
    }
}

/// Through a middleware, with the nested calls in another one after it.
pub(crate) fn by_middleware(call: &Call, nested: Nested, log: &Log) -> Outcome {
    let requests = Requests::new();
    let client = reqwest_middleware::ClientBuilder::new(WEB.client.clone())
        .with(RetryMiddleware::new(policy(call, nested)))
        .with(Node::of(call, nested, log))
        .build();
    let response = finish(client.get(&requests.url).send()).unwrap();
    requests.assert_seen(call, log);
    ended(&response)
}

/// Through a layer, with the nested calls in the service that it wraps.
pub(crate) fn by_layer(call: &Call, nested: Nested, log: &Log) -> Outcome {
    let requests = Requests::new();
    let node = Node::of(call, nested, log);
    let inner = tower::service_fn(move |mut request: Request| {
        let node = node.clone();
        async move {
            node.set_status(&mut request);
            WEB.client.execute(request).await
        }
    });
    let service = RetryLayer::new(policy(call, nested)).layer(inner);
    let request = WEB.client.get(&requests.url).build().unwrap();
    let response = finish(service.oneshot(request)).unwrap();
    requests.assert_seen(call, log);
    ended(&response)
}

/// By a request to a service that makes the nested calls; it reads the attempt from a header, and says
/// by another that one of them gave up.
pub(crate) fn by_service(call: &Call, nested: Nested, log: &Log) -> Outcome {
    let node = Node::of(call, nested, log);
    let served = tower::service_fn(move |_: ::http::Request<reqwest::Body>| {
        let response = ::http::Response::builder().status(node.status()).body("");
        async { response }
    });
    let served = UpstreamLayer::new().attempt_header(ATTEMPT).layer(served);
    let sent = tower::service_fn(move |request: Request| {
        let served = served.clone();
        async move {
            let response = served.oneshot(request.try_into()?).await;
            Ok::<_, reqwest::Error>(Response::from(response.expect("a response")))
        }
    });
    let layer = RetryLayer::new(policy(call, nested));
    let layer = layer.settings_by(|_| RetrySettings::new().attempt_header(ATTEMPT));
    let request = WEB.client.get("http://service/").build().unwrap();
    let response = finish(layer.layer(sent).oneshot(request)).unwrap();
    ended(&response)
}

/// How each attempt of a call without nested calls ends.
fn statuses(call: &Call) -> String {
    assert!(call.children.is_empty());
    let statuses = call.ends.iter().map(|end| status(*end));
    statuses.collect::<Vec<_>>().join(",")
}

/// Logs the next attempt.
fn log_next(call: &Call, log: &Log) -> impl Fn(&RetryEvent<'_, http::Error>) {
    let (call, log) = (call.id, Log::clone(log));
    push(&log, Event::Attempt { call, number: 1 });
    move |event| {
        let number = event.attempt + 1;
        push(&log, Event::Attempt { call, number });
    }
}

/// By a request that is retried; it has no nested calls.
pub(crate) fn by_request(call: &Call, nested: Nested, log: &Log) -> Outcome {
    let (requests, policy) = (Requests::new(), policy(call, nested));
    let request = WEB
        .client
        .get(&requests.url)
        .header(STATUSES, statuses(call));
    let request = request.retry(&policy).attempt_header(ATTEMPT);
    let sent = finish(request.on_retry(log_next(call, log)).send());
    requests.assert_seen(call, log);
    sent.map(drop).map_err(|failure| error(failure.classify()))
}

/// By a request that is retried and blocks the thread.
pub(crate) fn by_blocking_request(call: &Call, nested: Nested, log: &Log) -> Outcome {
    use retryable::http::blocking::RequestBuilderExt;

    let (requests, policy) = (Requests::new(), policy(call, nested));
    let request = WEB
        .blocking
        .get(&requests.url)
        .header(STATUSES, statuses(call));
    let request = request.retry(&policy).attempt_header(ATTEMPT);
    let sent = request.on_retry(log_next(call, log)).send();
    requests.assert_seen(call, log);
    sent.map(drop).map_err(|failure| error(failure.classify()))
}

/// Wakes one `finish`, although enclosing ones wait on the same thread.
struct Bell(AtomicBool, Thread);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
        self.1.unpark();
    }
}

/// Polls until it is done. Unlike `block_on`, it may be called while it is at it.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let bell = Arc::new(Bell(AtomicBool::new(false), thread::current()));
    let waker = Waker::from(Arc::clone(&bell));
    let _entered = WEB.runtime.enter();
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        while !bell.0.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}
