//! Together with `#[tracing::instrument]`.
//!
//! The attribute that is written above is expanded first, so it becomes the inner one: above `#[retryable]`, each attempt has
//! a span; below it, the whole call has one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use retryable::retryable;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, instrument};

use crate::shapes::support::{Busy, Calls};

#[instrument(skip(calls))]
#[retryable]
async fn above(calls: &Calls, label: String) -> Result<u32, Busy> {
    drop(label);
    calls.third()
}

#[retryable]
#[instrument(skip(calls))]
async fn below(calls: &Calls, label: String) -> Result<u32, Busy> {
    drop(label);
    calls.third()
}

#[instrument(skip_all, err(Debug))]
#[retryable(backoff = "none")]
fn blocking_above(calls: &Calls, label: String) -> Result<u32, Busy> {
    drop(label);
    calls.third()
}

#[retryable(backoff = "none")]
#[instrument(skip_all, ret)]
fn blocking_below(calls: &Calls, label: String) -> Result<u32, Busy> {
    drop(label);
    calls.third()
}

struct Client {
    calls: Calls,
}

impl Client {
    #[instrument(skip(self))]
    #[retryable(max = 4)]
    async fn above(&self, (left, right): (u8, u8)) -> Result<u32, Busy> {
        assert_eq!(right, left + 1);
        self.calls.third()
    }

    #[instrument(skip_all, err(Debug))]
    #[retryable]
    async fn above_with_err(&self, text: String) -> Result<u32, Busy> {
        drop(text);
        self.calls.third()
    }

    #[instrument(skip_all, ret)]
    #[retryable]
    async fn above_with_ret(self: &Arc<Self>) -> Result<u32, Busy> {
        let moved = async move { 3 };
        assert_eq!(moved.await, 3);
        self.calls.third()
    }

    #[instrument(skip_all, err(Debug), ret)]
    #[retryable]
    async fn above_with_both(&self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[instrument(skip_all, err(Debug))]
    #[retryable(backoff = "none")]
    fn blocking_above_with_err(&self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[instrument(skip_all)]
    #[retryable(backoff = "none")]
    fn blocking_above(&mut self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable(max = 4)]
    #[instrument(skip(self))]
    async fn below(&mut self, (left, right): (u8, u8)) -> Result<u32, Busy> {
        assert_eq!(right, left + 1);
        self.calls.third()
    }

    #[retryable]
    #[instrument(skip_all, err(Debug), ret)]
    async fn below_by_value(self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable(backoff = "none")]
    #[instrument(skip_all, err(Debug))]
    fn blocking_below(self: Arc<Self>) -> Result<u32, Busy> {
        self.calls.third()
    }
}

/// Counts spans.
struct Spans(Arc<AtomicU64>);

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.0.fetch_add(1, Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The outcome, and how many spans it took.
async fn spans<T>(call: impl AsyncFnOnce() -> T) -> (T, u64) {
    let count = Arc::new(AtomicU64::new(0));
    let guard = tracing::subscriber::set_default(Spans(Arc::clone(&count)));
    let outcome = call().await;
    drop(guard);
    (outcome, count.load(Relaxed))
}

fn client() -> Client {
    Client {
        calls: Calls::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn instrument_above_makes_a_span_for_every_attempt() {
    let calls = Calls::new();
    let outcome = spans(async || above(&calls, String::new()).await).await;
    assert_eq!(outcome, (Ok(3), 3));

    let outcome = spans(async || blocking_above(&Calls::new(), String::new())).await;
    assert_eq!(outcome, (Ok(3), 3));

    let text = String::new;
    let outcome = spans(async || client().above((1, 2)).await).await;
    assert_eq!(outcome, (Ok(3), 3));
    let outcome = spans(async || client().above_with_err(text()).await).await;
    assert_eq!(outcome, (Ok(3), 3));
    let outcome = spans(async || Arc::new(client()).above_with_ret().await).await;
    assert_eq!(outcome, (Ok(3), 3));
    let outcome = spans(async || client().above_with_both().await).await;
    assert_eq!(outcome, (Ok(3), 3));
    let outcome = spans(async || client().blocking_above_with_err()).await;
    assert_eq!(outcome, (Ok(3), 3));
    let outcome = spans(async || client().blocking_above()).await;
    assert_eq!(outcome, (Ok(3), 3));
}

#[tokio::test(start_paused = true)]
async fn instrument_below_makes_one_span_for_the_call_for_every_receiver() {
    let calls = Calls::new();
    let outcome = spans(async || below(&calls, String::new()).await).await;
    assert_eq!(outcome, (Ok(3), 1));

    let outcome = spans(async || blocking_below(&Calls::new(), String::new())).await;
    assert_eq!(outcome, (Ok(3), 1));

    let outcome = spans(async || client().below((1, 2)).await).await;
    assert_eq!(outcome, (Ok(3), 1));
    let outcome = spans(async || client().below_by_value().await).await;
    assert_eq!(outcome, (Ok(3), 1));
    let outcome = spans(async || Arc::new(client()).blocking_below()).await;
    assert_eq!(outcome, (Ok(3), 1));
}
