//! A policy of this crate in tower's own `Retry`.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use retry_core::tower::RetryPolicy;
use retry_core::{
    Clock, DynPolicy, GiveUp, GiveUpEvent, Policy, RetryBudget, RetryEvent, Step, VirtualTimer,
};
use tokio::time::Instant;
use tower::retry::RetryLayer;
use tower::{Layer, Service, ServiceExt};

use super::{Error, POLICY, Script};
use crate::common::secs;

#[tokio::test(start_paused = true)]
async fn tower_retries_by_the_policy() {
    let begun = Instant::now();
    let inner = Script::new([Err(Error::Busy), Err(Error::Busy), Ok(7)]);
    let layer = RetryLayer::new(RetryPolicy::new(POLICY));
    assert_eq!(layer.layer(inner.clone()).oneshot(()).await, Ok(7));
    assert_eq!((inner.calls(), begun.elapsed()), (3, secs(2)));

    let inner = Script::new([Err(Error::NotFound)]);
    assert_eq!(layer.layer(inner).oneshot(()).await, Err(Error::NotFound));
}

#[tokio::test(start_paused = true)]
async fn each_call_counts_its_own_attempts() {
    let inner = Script::new([Err(Error::Busy); 9]);
    let mut service = RetryLayer::new(RetryPolicy::new(&POLICY)).layer(inner.clone());
    for calls in 1..=3 {
        let mut clone = service.clone();
        let used = if calls == 2 { &mut clone } else { &mut service };
        let outcome = used.ready().await.unwrap().call(()).await;
        assert_eq!((outcome, inner.calls()), (Err(Error::Busy), 3 * calls));
    }
}

#[tokio::test(start_paused = true)]
async fn until_and_hooks_are_those_of_the_policy() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let (retries, ends) = (Arc::clone(&log), Arc::clone(&log));
    let policy = RetryPolicy::new(POLICY)
        .until(|response: &u32| *response > 9)
        .on_retry(move |event: &RetryEvent<'_, Error>| {
            retries
                .lock()
                .unwrap()
                .push((event.attempt, event.elapsed.as_secs()));
        })
        .on_give_up(move |event: &GiveUpEvent<'_, Error>| {
            assert_eq!(event.reason, GiveUp::Exhausted);
            ends.lock()
                .unwrap()
                .push((event.attempts, event.elapsed.as_secs()));
        });
    let service = RetryLayer::new(policy).layer(Script::new([Ok(1), Err(Error::Busy), Ok(3)]));
    assert_eq!(service.oneshot(()).await, Ok(3));
    assert_eq!(log.lock().unwrap()[..], [(1, 0), (2, 1), (3, 2)]);
}

#[tokio::test(start_paused = true)]
async fn a_budget_counts_each_call_once() {
    #[derive(Default)]
    struct Calls(AtomicU32);

    impl RetryBudget for Calls {
        fn call(&self, _: &dyn Clock) {
            self.0.fetch_add(1, Relaxed);
        }

        fn withdraw(&self, _: &Step, _: &dyn Clock) -> bool {
            true
        }
    }

    let budget = Arc::new(Calls::default());
    let policy = RetryPolicy::new(Policy::new().budget(Arc::clone(&budget)));
    let inner = Script::new([Err(Error::Busy), Err(Error::Busy), Ok(1), Ok(2)]);
    let service = RetryLayer::new(policy).layer(inner);
    assert_eq!(service.clone().oneshot(()).await, Ok(1));
    assert_eq!(service.clone().oneshot(()).await, Ok(2));
    assert_eq!(budget.0.load(Relaxed), 2);
}

#[tokio::test]
async fn waits_are_those_of_the_timer() {
    let timer = VirtualTimer::new();
    let erased: DynPolicy<Error> = POLICY.erase();
    let policy = RetryPolicy::new(erased).timer(timer.clone());
    let inner = Script::new([Err(Error::Busy), Ok(1)]);
    assert_eq!(
        RetryLayer::new(policy).layer(inner).oneshot(()).await,
        Ok(1)
    );
    assert_eq!(timer.time(), secs(1));
}
