//! What an annotated function costs: no allocation, and hardly a larger future than its body's.

use std::cell::Cell;
use std::future::Future;
use std::mem::{size_of, size_of_val};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use retryable::{Class, Classify, NoDelay, On, Policy, TimeLimit, TimedOut, retryable};
use tokio::task::yield_now;
use tokio::time::Sleep;

#[derive(Debug, PartialEq)]
struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

impl From<TimedOut> for Busy {
    fn from(_: TimedOut) -> Self {
        Self
    }
}

fn attempt(left: &Cell<u32>) -> Result<u32, Busy> {
    let now = left.get();
    left.set(now.saturating_sub(1));
    if now == 0 { Ok(7) } else { Err(Busy) }
}

#[retryable(max = 10)]
async fn retried(left: &Cell<u32>, copied: [u8; 16]) -> Result<u32, Busy> {
    attempt(left).map(|value| value + u32::from(copied[0]))
}

#[retryable(max = 10, backoff = "none", max_elapsed = "1h", on_retry = |_| {})]
fn blocking(left: &Cell<u32>, copied: [u8; 16]) -> Result<u32, Busy> {
    attempt(left).map(|value| value + u32::from(copied[0]))
}

/// Without a runtime, which would allocate.
fn poll_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the first attempt succeeds, and does not wait"),
    }
}

#[test]
fn an_attempt_that_succeeds_allocates_nothing() {
    let left = Cell::new(0);
    let info = measure(|| assert_eq!(poll_once(retried(&left, [0; 16])), Ok(7)));
    assert_eq!(info.count_total, 0);
    let info = measure(|| assert_eq!(blocking(&left, [0; 16]), Ok(7)));
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_retry_allocates_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let call = |retries| {
        let left = Cell::new(retries);
        // Polled in place: the `Box` for the runtime would not be a cost of the retry.
        let mut future = pin!(retried(&left, [0; 16]));
        measure(|| assert_eq!(runtime.block_on(future.as_mut()), Ok(7))).count_total
    };
    // What the runtime sets up for the first wait of all.
    call(1);
    assert_eq!((call(0), call(1), call(9)), (0, 0, 0));

    // With the feature `overrides`, the first failure of a function makes its name known.
    assert_eq!(blocking(&Cell::new(1), [0; 16]), Ok(7));
    let left = Cell::new(9);
    let info = measure(|| assert_eq!(blocking(&left, [0; 16]), Ok(7)));
    assert_eq!(info.count_total, 0);
}

/// A body with a buffer that lives across an await, plain and retried.
macro_rules! bodies {
    ($plain:ident, $retried:ident, ($($argument:ident: $ty:ty),*), $body:block) => {
        #[allow(clippy::large_stack_arrays)]
        async fn $plain($($argument: $ty),*) -> Result<u8, Busy> $body

        #[allow(clippy::large_stack_arrays)]
        #[retryable]
        async fn $retried($($argument: $ty),*) -> Result<u8, Busy> $body
    };
}

bodies!(tiny, tiny_retried, (), {
    yield_now().await;
    Ok(1)
});
bodies!(kib, kib_retried, (), {
    let buffer = [1; 1024];
    yield_now().await;
    Ok(buffer[1023])
});
bodies!(sixteen_kib, sixteen_kib_retried, (), {
    let buffer = [1; 16 * 1024];
    yield_now().await;
    Ok(buffer[1023])
});
bodies!(by_reference, by_reference_retried, (list: &[u8; 1024]), {
    yield_now().await;
    Ok(list[0])
});
bodies!(by_value, by_value_retried, (list: [u8; 1024]), {
    yield_now().await;
    Ok(list[0])
});
bodies!(string, string_retried, (text: String), {
    yield_now().await;
    drop(text);
    Ok(1)
});

/// At most the larger of the body and tokio's `Sleep`, and what the call itself keeps. That is 48 bytes in a program; the
/// feature `test-util`, which all tests here have, adds a word for the waits that a test skips, `metrics` one for the
/// sum of all waits, and `overrides` one for the time at which a call began that they limit.
#[track_caller]
fn assert_small(retried: usize, plain: usize) {
    let limit = plain.max(size_of::<Sleep>()) + 48 + 3 * size_of::<usize>();
    assert!(
        retried <= limit,
        "{retried} bytes, where {limit} are allowed and the plain body takes {plain}"
    );
}

#[test]
fn a_future_is_hardly_larger_than_the_larger_of_its_body_and_its_wait() {
    assert_small(size_of_val(&tiny_retried()), size_of_val(&tiny()));
    assert_small(size_of_val(&kib_retried()), size_of_val(&kib()));
    assert_small(
        size_of_val(&sixteen_kib_retried()),
        size_of_val(&sixteen_kib()),
    );
}

#[test]
fn an_argument_costs_one_more_copy_of_itself() {
    let list = [0; 1024];
    assert_small(
        size_of_val(&by_reference_retried(&list)),
        // The reference stays, for the next attempt, in addition to the wait.
        size_of_val(&by_reference(&list)).max(size_of::<Sleep>() + size_of::<&[u8]>()),
    );
    assert_small(
        size_of_val(&by_value_retried(list)),
        size_of_val(&by_value(list)) + 1024,
    );
    assert_small(
        size_of_val(&string_retried(String::new())),
        (size_of_val(&string(String::new())) + size_of::<String>())
            .max(size_of::<Sleep>() + 2 * size_of::<String>()),
    );
}

#[retryable]
async fn once() -> Result<u8, Busy> {
    kib().await
}

#[retryable]
async fn twice() -> Result<u8, Busy> {
    once().await
}

#[retryable]
async fn thrice() -> Result<u8, Busy> {
    twice().await
}

#[test]
fn a_future_grows_by_the_same_with_every_layer() {
    assert_small(size_of_val(&once()), size_of_val(&kib()));
    assert_small(size_of_val(&twice()), size_of_val(&once()));
    assert_small(size_of_val(&thrice()), size_of_val(&twice()));
}

#[retryable(fallback = |_error| Ok(0))]
async fn with_a_value_to_fall_back_to() -> Result<u8, Busy> {
    kib().await
}

#[allow(clippy::large_stack_arrays)]
#[retryable(fallback = |_error| {
    let buffer = [1; 4096];
    yield_now().await;
    Ok(buffer[4095])
})]
async fn with_a_large_fallback() -> Result<u8, Busy> {
    kib().await
}

#[test]
fn a_fallback_adds_its_own_state_alone() {
    let without = size_of_val(&once());
    // Whether the call may fall back, and why it gave up.
    let reason = size_of::<usize>();
    assert!(size_of_val(&with_a_value_to_fall_back_to()) <= without + reason);
    // It runs in place of an attempt, after the last of them.
    let with = size_of_val(&with_a_large_fallback());
    assert!(with <= without.max(4096 + 128) + reason, "{with} bytes");
}

static LIMITED: Policy<NoDelay, On, TimeLimit> =
    Policy::with_backoff(NoDelay).attempt_timeout(Duration::from_secs(1));

#[retryable(max = 2, attempt_timeout = "1s", deadline = "1m", backoff = "none")]
async fn limited_by_key() -> Result<u8, Busy> {
    kib().await
}

#[retryable(policy = LIMITED)]
async fn limited_by_policy() -> Result<u8, Busy> {
    kib().await
}

#[test]
fn the_limit_of_a_policy_takes_no_space_in_addition_to_the_attempt() {
    assert!(size_of_val(&limited_by_policy()) <= size_of_val(&limited_by_key()));
}

/// An error, and a value, that stay on their thread.
#[derive(Debug)]
struct Here(#[allow(dead_code)] Rc<()>);

impl Classify for Here {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

#[retryable(max = 2)]
async fn error_stays() -> Result<u8, Here> {
    yield_now().await;
    Err(Here(Rc::new(())))
}

#[retryable(max = 2, until = |_| false)]
async fn value_stays() -> Result<Rc<u8>, Busy> {
    yield_now().await;
    Ok(Rc::new(1))
}

#[retryable(max = 2, attempt_timeout = "1s", on_retry = |_| {}, before_retry = yield_now().await)]
async fn everything(text: String, list: &mut Vec<u8>) -> Result<u8, Busy> {
    list.push(1);
    yield_now().await;
    drop(text);
    Err(Busy)
}

/// To hold a reference to a cell across an await would keep it on its thread.
#[retryable(max = 2)]
async fn unshareable(cell: Cell<u8>, text: impl Into<String> + Clone) -> Result<String, Busy> {
    yield_now().await;
    cell.set(1);
    Ok(text.into())
}

fn send<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    future
}

#[tokio::test(start_paused = true)]
async fn a_future_is_send_if_its_body_is_for_every_ending() {
    assert!(send(error_stays()).await.is_err());
    assert_eq!(send(value_stays()).await.as_deref(), Ok(&1));
    let text = send(unshareable(Cell::new(0), "text")).await;
    assert_eq!(text.as_deref(), Ok("text"));
    let mut list = Vec::new();
    assert!(send(everything(String::new(), &mut list)).await.is_err());
    assert_eq!(list.len(), 2);

    let task = tokio::spawn(kib_retried());
    assert_eq!(task.await.expect("did not panic"), Ok(1));
}
