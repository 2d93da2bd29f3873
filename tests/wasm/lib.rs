//! Calls in a module of wasm32-unknown-unknown. `run.mjs` calls them, and says what they must return.
#![cfg(target_family = "wasm")]

use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use retryable::http::{self, RequestBuilderExt, Verdict, explain};
use retryable::{Classified, Policy, TimedOut, attempt, retryable, transient};
use wasm_bindgen::prelude::wasm_bindgen;

type Error = Classified<&'static str>;

std::thread_local! {
    static DELAYS: RefCell<Vec<f64>> = RefCell::default();
}

#[retryable(max = 4, base = "20ms", on_retry = |event| DELAYS.with_borrow_mut(|delays| delays.push(event.delay.as_secs_f64() * 1000.0)))]
async fn fails() -> Result<(), Error> {
    Err(transient("down"))
}

/// Returns the delays of a call that gives up, in milliseconds.
#[wasm_bindgen]
pub async fn delays() -> Vec<f64> {
    let _ = fails().await;
    DELAYS.take()
}

/// Returns the id of a call.
#[wasm_bindgen]
pub async fn call_id() -> String {
    let policy = Policy::new();
    let call = policy.run(|| async { Ok::<_, Error>(attempt().map(|attempt| attempt.call_id())) });
    format!("{:032x}", call.await.ok().flatten().unwrap_or_default())
}

#[retryable(deadline = "50ms")]
async fn never_ends() -> Result<(), TimedOut> {
    pending().await
}

/// Returns whether a call is cut off at its deadline.
#[wasm_bindgen]
pub async fn deadline() -> bool {
    never_ends().await.is_err()
}

/// Returns the milliseconds that an attempt has left.
#[wasm_bindgen]
pub async fn remaining() -> f64 {
    let policy = Policy::new().deadline(Duration::from_secs(60));
    let call = policy
        .run(|| async { Ok::<_, TimedOut>(attempt().and_then(|attempt| attempt.remaining())) });
    let remaining = call.await.ok().flatten();
    remaining.unwrap_or_default().as_secs_f64() * 1000.0
}

#[retryable(max = 3, base = "1ms")]
async fn page(url: &str) -> reqwest::Result<String> {
    let request = reqwest::Client::new()
        .get(url)
        .timeout(Duration::from_millis(500));
    let response = request.send().await?.error_for_status()?;
    response.text().await
}

/// Returns a page, or the class of the last failure, and its rule.
#[wasm_bindgen]
pub async fn get(url: String) -> String {
    match page(&url).await {
        Ok(page) => page,
        Err(error) => shown(explain(&error)),
    }
}

fn shown(verdict: Verdict) -> String {
    format!("{}: {}", verdict.class.name(), verdict.rule)
}

#[retryable(max = 3, base = "1ms")]
async fn checked(method: &str, url: &str) -> Result<String, http::Error> {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap_or_default();
    let request = reqwest::Client::new().request(method, url);
    request.send_checked().await?.text().await
}

/// Like `get`, but failures know the method of their request and the headers of the response.
#[wasm_bindgen]
pub async fn send_checked(method: String, url: String) -> String {
    match checked(&method, &url).await {
        Ok(page) => page,
        Err(error) => shown(error.explain()),
    }
}

/// Returns whether the deadline of a call aborts a request.
#[wasm_bindgen]
pub async fn aborts(url: String) -> bool {
    let policy = Policy::new().deadline(Duration::from_millis(100));
    let call = policy.run(|| reqwest::Client::new().get(&url).send_checked());
    call.await.is_err()
}

/// Returns the class of a 503 whose `Retry-After` is a date, without a `Date`.
#[wasm_bindgen]
pub fn dated_hint() -> String {
    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

    let mut headers = HeaderMap::new();
    headers.insert(
        RETRY_AFTER,
        HeaderValue::from_static("Fri, 01 Jan 2100 00:00:00 GMT"),
    );
    format!(
        "{:?}",
        retryable::http::classify_status(StatusCode::SERVICE_UNAVAILABLE, &headers)
    )
}

std::thread_local! {
    static WAITING: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>> = RefCell::default();
}

/// Begins a call that waits this long after its first attempt.
#[wasm_bindgen]
pub fn begin_wait(seconds: u32) {
    let wait = Duration::from_secs(seconds.into());
    let mut call: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
        let policy = Policy::fixed(wait);
        let _ = policy
            .run(|| async { Err::<(), Error>(transient("down")) })
            .await;
    });
    let mut cx = Context::from_waker(Waker::noop());
    WAITING.set(call.as_mut().poll(&mut cx).is_pending().then_some(call));
}

/// Drops the call. Returns whether it was waiting.
#[wasm_bindgen]
pub fn cancel_wait() -> bool {
    WAITING.take().is_some()
}
