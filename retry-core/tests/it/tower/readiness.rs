//! The service that is called is the one that was ready.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};

use retry_core::tower::RetryLayer;
use retry_core::{Attempt, attempt};
use tower::{Layer, Service, ServiceExt};

use super::{Error, POLICY};
use crate::common::{ms, secs};

/// Becomes ready the second time that it is asked, once for each clone and call.
struct Gate {
    asked: u32,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    calls: AtomicU32,
    /// No clone becomes ready any more.
    closed: AtomicBool,
    /// Each clone but the first fails to become ready.
    broken: AtomicBool,
}

impl Clone for Gate {
    fn clone(&self) -> Self {
        Self {
            asked: 0,
            shared: Arc::clone(&self.shared),
        }
    }
}

fn gate() -> (Gate, Arc<Shared>) {
    let shared = Arc::new(Shared::default());
    let asked = 0;
    let gate = Gate {
        asked,
        shared: Arc::clone(&shared),
    };
    (gate, shared)
}

impl Service<()> for Gate {
    type Response = u32;
    type Error = Error;
    type Future = Ready<Result<u32, Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let calls = self.shared.calls.load(Relaxed);
        if calls > 0 {
            let number = attempt().map(Attempt::number);
            assert_eq!(number, Some(calls + 1), "readying is a part of the attempt");
        }
        if self.shared.broken.load(Relaxed) && calls > 0 {
            return Poll::Ready(Err(Error::NotFound));
        }
        if self.shared.closed.load(Relaxed) {
            return Poll::Pending;
        }
        self.asked += 1;
        if self.asked < 2 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        assert_eq!(self.asked, 2, "this clone was not ready");
        self.asked = 0;
        let calls = self.shared.calls.fetch_add(1, Relaxed) + 1;
        ready(if calls < 3 {
            Err(Error::Busy)
        } else {
            Ok(calls)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_waits_until_its_service_is_ready() {
    let (gate, _) = gate();
    let service = RetryLayer::new(POLICY).layer(gate);
    assert_eq!(service.oneshot(()).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_to_become_ready_has_failed_the_attempt() {
    let (gate, shared) = gate();
    shared.broken.store(true, Relaxed);
    let service = RetryLayer::new(POLICY).layer(gate);
    assert_eq!(service.oneshot(()).await, Err(Error::NotFound));
    assert_eq!(shared.calls.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_readiness_counts_for_the_limit_of_the_attempt() {
    let (gate, shared) = gate();
    let mut service = RetryLayer::new(POLICY.max_attempts(2).attempt_timeout(ms(100))).layer(gate);
    let call = service.ready().await.unwrap().call(());
    shared.closed.store(true, Relaxed);
    let begun = tokio::time::Instant::now();
    assert_eq!(call.await, Err(Error::Slow));
    assert_eq!(begun.elapsed(), secs(1) + ms(100));
}
