//! Attempts that are cut off in every state, and calls outside of any tokio runtime.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use retry_core::{DefaultSleep, DefaultTimer, Policy, TimedOut, Timer, transient};
use tokio::sync::Semaphore;

use crate::common::{ms, secs};

/// Uses up tokio's cooperative budget in each poll, as a channel does that is never empty.
async fn busy() -> Result<(), TimedOut> {
    let start = Instant::now();
    while start.elapsed() < secs(60) {
        tokio::task::consume_budget().await;
    }
    Ok(())
}

#[tokio::test]
async fn an_attempt_that_uses_up_tokios_budget_is_cut_off() {
    let once = Policy::new().max_attempts(1);
    for policy in [once.attempt_timeout(ms(50)), once.deadline(ms(50))] {
        let start = Instant::now();
        assert!(policy.run(busy).await.is_err());
        assert!(start.elapsed() < secs(30), "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_cut_off_is_dropped_before_hooks_run() {
    let policy = Policy::with_backoff([ms(1)]).attempt_timeout(ms(10));
    let permits = Semaphore::new(1);
    let free = RefCell::new(Vec::new());
    let call = policy
        .run(async || {
            let _permit = permits.acquire().await;
            pending::<Result<(), TimedOut>>().await
        })
        .on_retry(|_| free.borrow_mut().push(permits.available_permits()))
        .on_give_up(|_| free.borrow_mut().push(permits.available_permits()));
    assert!(call.await.is_err());
    assert_eq!(free.into_inner(), [1, 1]);
}

/// The smallest executor there is.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn outside_of_tokio_a_call_waits_and_is_retried() {
    let policy = Policy::with_backoff([ms(20), ms(20)]);
    let mut calls = 0;
    let start = Instant::now();
    let outcome = block_on(policy.run(|| {
        calls += 1;
        async { Err::<(), _>(transient("down")) }
    }));
    assert!(outcome.is_err());
    assert_eq!(calls, 3);
    assert!(start.elapsed() >= ms(40), "{:?}", start.elapsed());
}

#[test]
fn outside_of_tokio_an_attempt_is_cut_off() {
    let policy = Policy::new().deadline(ms(20));
    let start = Instant::now();
    let outcome: Result<(), TimedOut> = block_on(policy.run(pending));
    assert!(outcome.is_err() && start.elapsed() >= ms(20));
}

/// The waker is the one of the last poll, and a wait that was dropped wakes nothing.
#[test]
fn a_wait_outside_of_tokio_may_move_and_may_be_dropped() {
    let mut sleep = Box::pin(DefaultTimer.sleep(ms(20)));
    let first = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(first, Poll::Pending);
    block_on(sleep);
    drop(DefaultTimer.sleep(secs(3600)));
}

#[test]
fn the_fallback_makes_no_future_larger() {
    assert_eq!(size_of::<DefaultSleep>(), size_of::<tokio::time::Sleep>());
    assert_eq!(size_of::<Option<DefaultSleep>>(), size_of::<DefaultSleep>());
}
