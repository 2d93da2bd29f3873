//! Every form of retry, with a policy of four attempts that all fail. For the tests of what acts on all of them.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use retryable::http::testing::{Server, reply};
use retryable::http::{RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware};
use retryable::testing::{self, Mode, Record};
use retryable::{Classify, DefaultTimer, DynPolicy, Policy, retryable};
use tower::{Layer, ServiceExt};

pub(crate) const ATTEMPTS: usize = 4;
/// Without `no_delay`, a call takes about half a minute.
pub(crate) const POLICY: Policy = Policy::exponential(Duration::from_secs(10)).max_attempts(4);

/// Without a lifetime, because the compiler does not see that a boxed future with one is `Send`.
#[derive(Clone, Copy, Debug, Classify)]
#[classify(transient)]
struct Down;

type Awaited = Pin<Box<dyn Future<Output = Record> + Send>>;

/// A form of retry. Runs a call, and returns its record.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Awaited(fn() -> Awaited),
    Blocking(fn() -> Record),
}

pub(crate) const FORMS: [(&str, Form); 22] = [
    ("async fn", Form::Awaited(|| awaited(annotated()))),
    ("fn", Form::Blocking(|| blocking(annotated_blocking))),
    ("async fn, policy", Form::Awaited(|| awaited(by_policy()))),
    (
        "fn, policy",
        Form::Blocking(|| blocking(by_policy_blocking)),
    ),
    ("async fn, timer", Form::Awaited(|| awaited(by_timer()))),
    ("fn, timer", Form::Blocking(|| blocking(by_timer_blocking))),
    (
        "method",
        Form::Awaited(|| awaited(async { Methods.method().await })),
    ),
    (
        "run",
        Form::Awaited(|| awaited(POLICY.run(async || fails()))),
    ),
    (
        "run_async",
        Form::Awaited(|| awaited(async { POLICY.run_async(async || fails()).await })),
    ),
    (
        "run_blocking",
        Form::Blocking(|| blocking(|| POLICY.run_blocking(fails))),
    ),
    (
        "DynPolicy",
        Form::Awaited(|| {
            awaited(async {
                let policy: DynPolicy<Down> = POLICY.erase();
                policy.run(async || fails()).await
            })
        }),
    ),
    ("start, awaited", Form::Awaited(|| awaited(explicit()))),
    (
        "start, blocking",
        Form::Blocking(|| blocking(explicit_blocking)),
    ),
    (
        "tower layer",
        Form::Awaited(|| {
            let service = tower::service_fn(async |()| fails());
            let service = retryable::tower::RetryLayer::new(POLICY).layer(service);
            awaited(service.oneshot(()))
        }),
    ),
    (
        "request",
        Form::Awaited(|| {
            requested(async |url, client| client.get(url).retry(&POLICY).send().await.is_ok())
        }),
    ),
    (
        "client",
        Form::Awaited(|| {
            requested(async |url, client| {
                let client = RetryClient::new(client, POLICY);
                client.get(url).text().await.is_ok()
            })
        }),
    ),
    (
        "download",
        Form::Awaited(|| {
            requested(async |url, client| {
                let request = client.get(url).retry(&POLICY);
                request.download(&mut Vec::new()).await.is_ok()
            })
        }),
    ),
    (
        "middleware",
        Form::Awaited(|| {
            requested(async |url, client| {
                let stack = reqwest_middleware::ClientBuilder::new(client);
                let stack = stack.with(RetryMiddleware::new(POLICY)).build();
                stack.get(url).send().await.unwrap().status() != 503
            })
        }),
    ),
    (
        "layer",
        Form::Awaited(|| {
            requested(async |url, client| {
                let request = client.get(url).build().unwrap();
                let service = RetryLayer::new(POLICY).layer(client);
                service.oneshot(request).await.unwrap().status() != 503
            })
        }),
    ),
    (
        "blocking request",
        Form::Blocking(|| {
            requested_blocking(|url, client| {
                use retryable::http::blocking::RequestBuilderExt;
                client.get(url).retry(&POLICY).send().is_ok()
            })
        }),
    ),
    (
        "blocking client",
        Form::Blocking(|| {
            requested_blocking(|url, client| {
                let client = retryable::http::blocking::RetryClient::new(client, POLICY);
                client.get(url).text().is_ok()
            })
        }),
    ),
    (
        "blocking download",
        Form::Blocking(|| {
            requested_blocking(|url, client| {
                use retryable::http::blocking::RequestBuilderExt;
                let request = client.get(url).retry(&POLICY);
                request.download(&mut Vec::new()).is_ok()
            })
        }),
    ),
];

fn fails() -> Result<u32, Down> {
    Err(Down)
}

#[retryable(max = 4, base = "10s")]
async fn annotated() -> Result<u32, Down> {
    fails()
}

#[retryable(max = 4, base = "10s")]
fn annotated_blocking() -> Result<u32, Down> {
    fails()
}

#[retryable(policy = POLICY)]
async fn by_policy() -> Result<u32, Down> {
    fails()
}

#[retryable(policy = POLICY)]
fn by_policy_blocking() -> Result<u32, Down> {
    fails()
}

#[retryable(max = 4, base = "10s", timer = DefaultTimer)]
async fn by_timer() -> Result<u32, Down> {
    fails()
}

#[retryable(max = 4, base = "10s", timer = DefaultTimer)]
fn by_timer_blocking() -> Result<u32, Down> {
    fails()
}

struct Methods;

#[retryable(max = 4, base = "10s")]
impl Methods {
    #[retryable]
    async fn method(&self) -> Result<u32, Down> {
        fails()
    }
}

async fn explicit() -> Result<u32, Down> {
    let mut retry = POLICY.start();
    loop {
        match fails() {
            Ok(value) => return Ok(value),
            Err(error) => retry.again(error)?.await,
        }
    }
}

fn explicit_blocking() -> Result<u32, Down> {
    let mut retry = POLICY.start();
    loop {
        match fails() {
            Ok(value) => return Ok(value),
            Err(error) => retry.again(error)?.block(),
        }
    }
}

fn awaited(call: impl Future<Output = Result<u32, Down>> + Send + 'static) -> Awaited {
    Box::pin(async {
        let (outcome, record) = testing::record_async(call).await;
        assert!(outcome.is_err());
        record
    })
}

fn blocking(call: impl FnOnce() -> Result<u32, Down>) -> Record {
    let (outcome, record) = testing::record(call);
    assert!(outcome.is_err());
    record
}

/// `call` returns whether the request succeeded.
fn requested<F>(call: impl FnOnce(String, reqwest::Client) -> F + Send + 'static) -> Awaited
where
    F: Future<Output = bool> + Send,
{
    Box::pin(async {
        let server = Server::repeat_last([reply(503)]);
        let client = reqwest::Client::builder().no_proxy();
        let call = call(server.url(), client.build().unwrap());
        let (succeeded, record) = testing::record_async(call).await;
        assert!(!succeeded);
        assert_eq!(server.requests().len(), record.attempts());
        record
    })
}

fn requested_blocking(call: impl FnOnce(String, reqwest::blocking::Client) -> bool) -> Record {
    let server = Server::repeat_last([reply(503)]);
    let client = reqwest::blocking::Client::builder().no_proxy();
    let client = client.build().unwrap();
    let (succeeded, record) = testing::record(|| call(server.url(), client));
    assert!(!succeeded);
    assert_eq!(server.requests().len(), record.attempts());
    record
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

impl Form {
    /// Runs the form on this thread.
    pub(crate) fn run(self) -> Record {
        match self {
            Self::Awaited(form) => runtime().block_on(form()),
            Self::Blocking(form) => form(),
        }
    }

    /// Runs the form within a future that has a mode.
    pub(crate) fn run_with(self, mode: Mode) -> Record {
        match self {
            Self::Awaited(form) => runtime().block_on(testing::with(mode, form())),
            // Outside of tokio, because reqwest's blocking client refuses to block a task.
            Self::Blocking(form) => {
                let call = pin!(testing::with(mode, async move { form() }));
                match call.poll(&mut Context::from_waker(Waker::noop())) {
                    Poll::Ready(record) => record,
                    Poll::Pending => panic!("a blocking form waits"),
                }
            }
        }
    }
}
