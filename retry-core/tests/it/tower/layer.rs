//! What the layer does with outcomes, time, budgets and hooks.

use std::future::pending;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use allocation_counter::measure;
use retry_core::tower::RetryLayer;
use retry_core::{
    Attempt, Budget, DynPolicy, GiveUp, GiveUpEvent, NoDelay, On, Policy, RetryEvent, VirtualTimer,
    attempt, testing,
};
use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt, service_fn};

use super::{ATTEMPTS, Error, POLICY, Script};
use crate::common::{ms, secs};

#[tokio::test(start_paused = true)]
async fn a_request_is_retried_until_it_succeeds() {
    let begun = Instant::now();
    let inner = Script::new([Err(Error::Busy), Err(Error::Busy), Ok(7)]);
    let service = RetryLayer::new(POLICY).layer(inner.clone());
    assert_eq!(service.oneshot(()).await, Ok(7));
    assert_eq!((inner.calls(), begun.elapsed()), (3, secs(2)));
    ATTEMPTS.with_borrow(|log| assert_eq!(log[..], [Some(1), Some(2), Some(3)]));
    assert!(attempt().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_last_error_is_returned_unchanged() {
    let inner = Script::new([Err(Error::Busy), Err(Error::NotFound)]);
    let service = RetryLayer::new(&POLICY).layer(inner.clone());
    assert_eq!(service.oneshot(()).await, Err(Error::NotFound));
    assert_eq!(inner.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_response_that_until_rejects_is_retried_and_the_last_one_returned() {
    let inner = Script::new([Ok(1), Ok(2), Ok(3)]);
    let layer = RetryLayer::new(POLICY).until(|response: &u32| *response == 2);
    assert_eq!(layer.layer(inner.clone()).oneshot(()).await, Ok(2));
    assert_eq!(inner.calls(), 2);

    let inner = Script::new([Ok(4), Ok(5), Ok(6)]);
    assert_eq!(layer.layer(inner).oneshot(()).await, Ok(6));
}

#[tokio::test(start_paused = true)]
async fn one_service_makes_calls_that_count_apart() {
    let inner = Script::new([
        Err(Error::Busy),
        Ok(1),
        Err(Error::Busy),
        Err(Error::Busy),
        Ok(2),
    ]);
    let mut service = RetryLayer::new(Arc::new(POLICY)).layer(inner);
    for expected in [1, 2] {
        let response = service.ready().await.unwrap().call(()).await;
        assert_eq!(response, Ok(expected));
    }
}

/// `call` of the inner service is in the attempt, and so is the future that it returns.
#[tokio::test(start_paused = true)]
async fn a_retry_nested_in_the_service_stops_this_one() {
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    let inner = service_fn(move |()| {
        let count = Arc::clone(&count);
        async move {
            let op = || async {
                count.fetch_add(1, Relaxed);
                Err::<(), _>(Error::Busy)
            };
            POLICY.run(op).await
        }
    });
    let service = RetryLayer::new(POLICY).layer(inner);
    assert_eq!(service.oneshot(()).await, Err(Error::Busy));
    assert_eq!(calls.load(Relaxed), 3);
}

/// Set while an attempt is alive.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn begin(flag: &Arc<AtomicBool>) -> Self {
        assert!(
            !flag.swap(true, Relaxed),
            "the attempt before was not dropped"
        );
        Self(Arc::clone(flag))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_cut_off_and_dropped_before_hooks_run() {
    let flag = Arc::new(AtomicBool::new(false));
    let is_busy = Arc::clone(&flag);
    let inner = service_fn(move |()| {
        let busy = Busy::begin(&flag);
        async move {
            let outcome = pending::<Result<(), Error>>().await;
            drop(busy);
            outcome
        }
    });
    let begun = Instant::now();
    let service = RetryLayer::new(POLICY.attempt_timeout(ms(100)))
        .on_retry(move |_: &RetryEvent<'_, Error>| assert!(!is_busy.load(Relaxed)))
        .layer(inner);
    assert_eq!(service.oneshot(()).await, Err(Error::Slow));
    assert_eq!(begun.elapsed(), ms(2_300));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_spans_the_call() {
    let begun = Instant::now();
    let inner = service_fn(|()| pending::<Result<(), Error>>());
    let service = RetryLayer::new(POLICY.deadline(secs(5))).layer(inner);
    assert_eq!(service.oneshot(()).await, Err(Error::Slow));
    assert_eq!(begun.elapsed(), secs(5));

    // The wait of a second would reach it.
    let inner = Script::new([Err(Error::Busy)]);
    let service = RetryLayer::new(POLICY.deadline(ms(900))).layer(inner);
    assert_eq!(service.oneshot(()).await, Err(Error::Busy));
}

#[test]
fn no_attempt_begins_after_max_elapsed_however_late_the_wait_ends() {
    let timer = VirtualTimer::new();
    let late = timer.clone();
    let reason = Arc::new(Mutex::new(None));
    let log = Arc::clone(&reason);
    let inner = Script::new([Err(Error::Busy)]);
    let mut service = RetryLayer::new(POLICY.max_elapsed(secs(5)))
        .timer(timer)
        // The machine sleeps while the call waits.
        .on_retry(move |_: &RetryEvent<'_, Error>| late.advance(secs(60)))
        .on_give_up(move |event: &GiveUpEvent<'_, Error>| *log.lock().unwrap() = Some(event.reason))
        .layer(inner.clone());
    let outcome = crate::common::ready(service.call(()));
    assert_eq!((outcome, inner.calls()), (Err(Error::Busy), 1));
    assert_eq!(*reason.lock().unwrap(), Some(GiveUp::MaxElapsed));
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_ends_the_call_and_the_hook_says_so() {
    static BUDGET: Budget = Budget::new(0.1).burst(1);
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reasons);
    let inner = Script::new([Err(Error::Busy), Err(Error::Busy)]);
    let service = RetryLayer::new(Policy::with_budget(&BUDGET))
        .on_give_up(move |event: &GiveUpEvent<'_, Error>| log.lock().unwrap().push(event.reason))
        .layer(inner);
    assert_eq!(service.oneshot(()).await, Err(Error::Busy));
    assert_eq!(reasons.lock().unwrap()[..], [GiveUp::Budget]);
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_takes_the_request_and_each_other_one_a_clone() {
    #[derive(Debug)]
    struct Request(Arc<AtomicU32>);

    impl Clone for Request {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    for max in [1, 2, 3] {
        let clones = Arc::new(AtomicU32::new(0));
        let inner = service_fn(async |_: Request| Err::<(), _>(Error::Busy));
        let service = RetryLayer::new(POLICY.max_attempts(max)).layer(inner);
        let outcome = service.oneshot(Request(Arc::clone(&clones))).await;
        assert_eq!(outcome, Err(Error::Busy));
        assert_eq!(clones.load(Relaxed), max - 1);
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_drops_the_attempt() {
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let inner = service_fn(move |()| {
        let held = Arc::clone(&held);
        async move {
            let outcome = pending::<Result<(), Error>>().await;
            drop(held);
            outcome
        }
    });
    let service = RetryLayer::new(POLICY).layer(inner);
    let call = tokio::time::timeout(secs(1), service.oneshot(()));
    assert!(call.await.is_err());
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_any_form_is_taken() {
    let erased: DynPolicy<Error> = POLICY.erase().maybe_attempt_timeout(Some(secs(1)));
    let inner = Script::new([Err(Error::Busy), Ok(1)]);
    let service = RetryLayer::new(erased).layer(inner).boxed_clone();
    assert_eq!(service.oneshot(()).await, Ok(1));

    let budget = Arc::new(Budget::new(0.1));
    let inner = Script::new([Err(Error::NotFound), Ok(2)]);
    let policy = POLICY.on_error(|_: &Error| true).budget(budget);
    assert_eq!(
        RetryLayer::new(policy).layer(inner).oneshot(()).await,
        Ok(2)
    );

    let inner = Script::new([Err(Error::Busy)]);
    let service = RetryLayer::new(POLICY.on(On::Refused)).layer(inner);
    assert_eq!(service.oneshot(()).await, Err(Error::Busy));
}

#[test]
fn the_future_can_move_to_another_thread() {
    fn assert_send<T: Send>(_: &T) {}
    let inner = service_fn(async |_: String| Ok::<_, Error>(()));
    let mut service = RetryLayer::new(POLICY.attempt_timeout(secs(1))).layer(inner);
    assert_send(&service);
    assert_send(&service.call(String::new()));
}

#[test]
fn a_call_allocates_nothing() {
    let inner = Script::new([Ok(1), Err(Error::Busy), Ok(2)]);
    // The log of the script.
    ATTEMPTS.with_borrow_mut(|log| log.reserve(8));
    let policy = Policy::with_backoff(NoDelay);
    let mut service = RetryLayer::new(policy).layer(inner);
    for expected in [1, 2] {
        let mut outcome = None;
        let counted = measure(|| {
            let mut call = std::pin::pin!(service.call(()));
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            // A delay of zero lets other tasks run once.
            while let None | Some(std::task::Poll::Pending) = outcome {
                outcome = Some(call.as_mut().poll(&mut cx));
            }
        });
        assert_eq!(outcome, Some(std::task::Poll::Ready(Ok(expected))));
        assert_eq!(counted.count_total, 0);
    }
}

/// A wait that a test skips counts for the deadline, which code in the service sees.
#[test]
fn an_attempt_has_less_time_after_a_wait_that_a_test_skipped() {
    let _quick = testing::no_delay();
    let inner = service_fn(async |()| {
        let remaining = attempt().and_then(Attempt::remaining).unwrap();
        if remaining > secs(8) {
            return Err(Error::Busy);
        }
        Ok(remaining)
    });
    let mut service = RetryLayer::new(POLICY.deadline(secs(10))).layer(inner);
    let remaining = crate::common::ready(service.call(())).unwrap();
    assert!(remaining > secs(7), "{remaining:?}");
}
