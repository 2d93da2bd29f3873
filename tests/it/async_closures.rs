//! `run_async`: closures that lend what they own to their attempts.

use std::cell::Cell;

use retryable::{Classify, DynPolicy, NoDelay, Policy};

#[derive(Debug, PartialEq, thiserror::Error, Classify)]
#[error("busy")]
#[classify(transient)]
struct Busy;

#[tokio::test(start_paused = true)]
async fn an_async_closure_borrows_mutably_in_every_attempt() {
    let mut log = Vec::new();
    let (retries, ends) = (Cell::new(0), Cell::new(0));
    let (outcome, report) = Policy::with_backoff(NoDelay)
        .run_async(async || {
            log.push("begins");
            tokio::task::yield_now().await;
            log.push("ends");
            Ok::<_, Busy>(log.len())
        })
        .until(|length| *length > 5)
        .on_retry(|_| retries.set(retries.get() + 1))
        .on_give_up(|_| ends.set(ends.get() + 1))
        .report()
        .await;
    assert_eq!((outcome, report.attempts), (Ok(6), 3));
    assert_eq!((retries.get(), ends.get(), log.len()), (2, 0, 6));
}

/// The closure owns what it lends to its attempts. rustc cannot yet prove `Send` for one that borrows it
/// (rust-lang/rust#110338).
#[tokio::test(start_paused = true)]
async fn an_async_closure_may_move_to_another_thread() {
    let policy: DynPolicy<Busy> = Policy::with_backoff(NoDelay).erase();
    let spawned = tokio::spawn(async move {
        let mut texts = vec![String::from("one")];
        policy
            .run_async(async move || {
                texts.push(String::from("more"));
                tokio::task::yield_now().await;
                if texts.len() < 4 {
                    return Err(Busy);
                }
                Ok(texts.len())
            })
            .on_retry(|event| assert_eq!(event.error, Some(&Busy)))
            .await
    });
    assert_eq!(spawned.await.unwrap(), Ok(4));
}
