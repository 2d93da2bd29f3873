//! Attempts that are cut off, whatever they do.

mod common;

use std::cell::RefCell;
use std::future::pending;
use std::time::Instant;

use common::{ms, secs};
use retry_core::{Policy, TimedOut};
use tokio::sync::Semaphore;

/// Uses up tokio's cooperative budget in each poll, as a channel does that is never empty.
async fn busy() -> Result<(), TimedOut> {
    let start = Instant::now();
    while start.elapsed() < secs(3) {
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
        assert!(start.elapsed() < secs(1), "{:?}", start.elapsed());
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
