//! Hooks on requests, clients, middleware and layers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Request;
use reqwest::blocking::Request as BlockingRequest;
use reqwest::header::HeaderValue;
use reqwest_middleware::ClientBuilder;
use retry_core::{Budget, GiveUp, NoDelay, Policy};
use retry_reqwest::{
    Error, RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware, RetrySettings, blocking,
};
use tower::{Layer, ServiceExt};

use retry_reqwest::testing::{Reply, Server, reply};

use crate::blocking::blocking as on_a_thread;
use crate::server::{Refusing, busy, client, ok};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);
fn failing() -> Reply {
    reply(500).body("answer")
}

/// Counts retries and calls that gave up.
#[derive(Clone, Default)]
struct Counts(Arc<[AtomicU32; 2]>);

impl Counts {
    fn add(&self, which: usize) {
        self.0[which].fetch_add(1, Ordering::SeqCst);
    }

    fn settings(&self) -> RetrySettings {
        let (retries, ends) = (self.clone(), self.clone());
        RetrySettings::new()
            .on_retry(move |_| retries.add(0))
            .on_give_up(move |event| {
                assert_eq!(event.reason, GiveUp::Exhausted);
                ends.add(1);
            })
            .before_attempt(sign())
    }

    fn take(&self) -> [u32; 2] {
        [0, 1].map(|which| self.0[which].swap(0, Ordering::SeqCst))
    }
}

/// Numbers each attempt in a header, as a signature would.
fn sign() -> impl AsyncSign {
    let number = Arc::new(AtomicU32::new(0));
    move |mut request: Request| {
        let number = number.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            tokio::task::yield_now().await;
            let value = HeaderValue::from(number);
            request.headers_mut().insert("x-signature", value);
            Ok(request)
        })
    }
}

fn sign_blocking() -> impl Fn(BlockingRequest) -> Result<BlockingRequest, Error> + Send + Sync {
    let number = AtomicU32::new(0);
    move |mut request| {
        let value = HeaderValue::from(number.fetch_add(1, Ordering::SeqCst) + 1);
        request.headers_mut().insert("x-signature", value);
        Ok(request)
    }
}

type Signed = std::pin::Pin<Box<dyn Future<Output = Result<Request, Error>> + Send>>;

trait AsyncSign: Fn(Request) -> Signed + Send + Sync + 'static {}

impl<F: Fn(Request) -> Signed + Send + Sync + 'static> AsyncSign for F {}

fn signatures(server: &Server) -> Vec<String> {
    let seen = server.requests().into_iter();
    seen.map(|seen| seen.headers["x-signature"].to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_form_calls_its_hooks() {
    let counts = Counts::default();
    let (expected, signed) = ([2, 1], ["1", "2", "3"]);

    let server = Server::repeat_last([failing()]);
    let (retries, ends) = (counts.clone(), counts.clone());
    let request = client().get(server.url()).retry(&POLICY);
    let request = request
        .on_retry(move |_| retries.add(0))
        .on_give_up(move |_| ends.add(1))
        .before_attempt(sign());
    request.send().await.unwrap_err();
    assert_eq!(
        (counts.take(), signatures(&server)),
        (expected, signed.map(String::from).to_vec())
    );

    let server = Server::repeat_last([failing()]);
    let (retries, ends) = (counts.clone(), counts.clone());
    let retrying = RetryClient::new(client(), POLICY)
        .on_retry(move |_| retries.add(0))
        .on_give_up(move |_| ends.add(1))
        .before_attempt(sign());
    retrying.get(server.url()).send().await.unwrap_err();
    assert_eq!(
        (counts.take(), signatures(&server)),
        (expected, signed.map(String::from).to_vec())
    );

    let server = Server::repeat_last([failing()]);
    let middleware = RetryMiddleware::new(POLICY).settings(counts.settings());
    let with_middleware = ClientBuilder::new(client()).with(middleware).build();
    with_middleware.get(server.url()).send().await.unwrap();
    assert_eq!(
        (counts.take(), signatures(&server)),
        (expected, signed.map(String::from).to_vec())
    );

    let server = Server::repeat_last([failing()]);
    let settings = counts.settings();
    let layer = RetryLayer::new(POLICY).settings_by(move |_| settings.clone());
    let request = client().get(server.url()).build().unwrap();
    layer.layer(client()).oneshot(request).await.unwrap();
    assert_eq!(
        (counts.take(), signatures(&server)),
        (expected, signed.map(String::from).to_vec())
    );

    let server = Server::repeat_last([failing()]);
    let (url, hooks) = (server.url(), counts.clone());
    let call = move |client| {
        let (retries, ends) = (hooks.clone(), hooks.clone());
        let client = blocking::RetryClient::new(client, POLICY)
            .on_retry(move |_| retries.add(0))
            .on_give_up(move |_| ends.add(1))
            .before_attempt(sign_blocking());
        client.get(url).send().unwrap_err();
    };
    on_a_thread(call).await;
    assert_eq!(
        (counts.take(), signatures(&server)),
        (expected, signed.map(String::from).to_vec())
    );

    let server = Server::repeat_last([failing()]);
    let (url, hooks) = (server.url(), counts.clone());
    let call = move |client: reqwest::blocking::Client| {
        use blocking::RequestBuilderExt;

        let request = client.get(url).retry(&POLICY);
        let request = request
            .on_retry(|_| hooks.add(0))
            .on_give_up(|_| hooks.add(1))
            .before_attempt(sign_blocking());
        request.send().unwrap_err();
    };
    on_a_thread(call).await;
    assert_eq!(
        (counts.take(), signatures(&server)),
        (expected, signed.map(String::from).to_vec())
    );
}

#[tokio::test]
async fn a_failure_before_a_blocking_attempt_is_that_of_the_attempt() {
    let server = Server::repeat_last([ok()]);
    let url = server.url();
    let (outcome, report) = on_a_thread(move |client| {
        use blocking::RequestBuilderExt;

        // A port that nothing listens on, in place of a server that issues tokens.
        let down = Refusing::start();
        let calls = AtomicU32::new(0);
        let tokens = client.clone();
        let request = client.get(url).retry(&POLICY);
        let request = request.before_attempt(move |request| {
            if calls.fetch_add(1, Ordering::SeqCst) == 0 {
                tokens.get(down.url()).send_checked()?;
            }
            Ok(request)
        });
        request.report().text()
    })
    .await;
    assert_eq!((outcome.unwrap().as_str(), report.attempts), ("answer", 2));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_failure_before_an_attempt_is_that_of_the_attempt() {
    let server = Server::repeat_last([ok()]);
    // A port that nothing listens on, in place of a server that issues tokens.
    let down = Refusing::start();
    let calls = Arc::new(AtomicU32::new(0));
    let request = client().get(server.url()).retry(&POLICY);
    let request = request.before_attempt(move |request| {
        let (down, number) = (down.url(), calls.fetch_add(1, Ordering::SeqCst));
        async move {
            if number == 0 {
                client().get(down).send_checked().await?;
            }
            Ok(request)
        }
    });
    let (outcome, report) = request.report().send().await;
    assert_eq!(
        (outcome.unwrap().status().as_u16(), report.attempts),
        (200, 2)
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn another_policy_for_one_request_keeps_the_budget_of_its_host() {
    let server = Server::repeat_last([busy()]);
    let retrying = RetryClient::new(client(), POLICY.max_attempts(1))
        .budget_per_host(|| Budget::new(0.0).min_per_second(0).burst(4));
    let many = POLICY.max_attempts(9).on_error(|_: &Error| true);
    let request = retrying.get(server.url()).policy(&many);
    let (_, report) = request.report().send().await;
    assert_eq!((report.attempts, report.gave_up), (5, Some(GiveUp::Budget)));
}

#[tokio::test]
async fn a_report_and_a_hook_know_how_long_the_call_took() {
    let server = Server::repeat_last([ok(), busy(), ok()]);
    let url = server.url();
    let (_, report) = client().get(&url).retry(&POLICY).report().send().await;
    assert!(report.elapsed > Duration::ZERO, "{report:?}");

    let elapsed = std::sync::Mutex::new(Duration::ZERO);
    let request = client().get(&url).retry(&POLICY);
    let request = request.on_retry(|event| *elapsed.lock().unwrap() = event.elapsed);
    request.send().await.unwrap();
    assert!(elapsed.into_inner().unwrap() > Duration::ZERO);

    let (_, report) = on_a_thread(move |client| {
        use blocking::RequestBuilderExt;

        client.get(url).retry(&POLICY).report().send()
    })
    .await;
    assert!(report.elapsed > Duration::ZERO, "{report:?}");
}
