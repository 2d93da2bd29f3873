//! Each task and thread has its own attempt, or none.

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use futures_util::future::{Either, join, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use retry_core::{attempt, transient};

use super::support::{Outcome, POLICY, block_on, here, number, pause, thrice};

#[tokio::test]
async fn calls_that_are_joined_do_not_mix() {
    let (one, two) = join(thrice(), join(thrice(), thrice())).await;
    assert_eq!(one, Ok([1, 2, 3]));
    assert_eq!(two, (Ok([1, 2, 3]), Ok([1, 2, 3])));
    let (one, two) = tokio::join!(thrice(), thrice());
    assert_eq!((one, two), (Ok([1, 2, 3]), Ok([1, 2, 3])));
    assert!(attempt().is_none());
}

#[tokio::test]
async fn of_calls_that_are_joined_in_an_attempt_each_knows_its_own() {
    let outcome: Outcome<()> = POLICY
        .run(|| async {
            let around = here();
            let (one, two) = join(thrice(), async {
                assert_eq!(here().call_id(), around.call_id());
                pause().await;
                assert_eq!(here().call_id(), around.call_id());
            })
            .await;
            assert_eq!((one, two), (Ok([1, 2, 3]), ()));
            Ok(())
        })
        .await;
    assert_eq!(outcome, Ok(()));
}

#[tokio::test]
async fn the_loser_of_a_select_leaves_nothing_behind() {
    for _ in 0..2 {
        let endless = pin!(POLICY.run(async || {
            assert_eq!(number(), Some(1));
            std::future::pending::<Outcome<()>>().await
        }));
        let other = pin!(async {
            pause().await;
            number()
        });
        let won = select(other, endless).await;
        assert!(matches!(won, Either::Left((None, _))));
        assert!(attempt().is_none());
    }
    let outcome = tokio::select! {
        outcome = thrice() => outcome,
        () = std::future::pending() => unreachable!(),
    };
    assert_eq!(outcome, Ok([1, 2, 3]));
}

#[tokio::test]
async fn in_a_crowd_of_futures_each_knows_its_own() {
    let mut crowd: FuturesUnordered<_> = (0..50).map(|_| thrice()).collect();
    let mut ended = 0;
    while let Some(outcome) = crowd.next().await {
        assert_eq!(outcome, Ok([1, 2, 3]));
        assert!(attempt().is_none());
        ended += 1;
    }
    assert_eq!(ended, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_that_move_between_threads_take_their_attempt_along() {
    async fn wanders() -> HashSet<thread::ThreadId> {
        let mut threads = HashSet::new();
        let outcome: Outcome<HashSet<_>> = POLICY
            .run(|| {
                assert_eq!(number(), Some(1));
                threads.insert(thread::current().id());
                async {
                    let id = here().call_id();
                    let mut threads = HashSet::new();
                    for _ in 0..200 {
                        tokio::task::yield_now().await;
                        assert_eq!(here().call_id(), id);
                        threads.insert(thread::current().id());
                    }
                    Ok(threads)
                }
            })
            .await;
        assert!(attempt().is_none());
        outcome.unwrap()
    }
    let tasks: Vec<_> = (0..32).map(|_| tokio::spawn(wanders())).collect();
    for task in tasks {
        assert!(!task.await.unwrap().is_empty());
    }
}

/// Polls one call by turns on two threads, and looks on each what is left behind.
#[test]
fn a_call_that_is_polled_on_two_threads_leaves_nothing_on_either() {
    let mut call = Box::pin(async {
        POLICY
            .run(|| async {
                for _ in 0..4 {
                    assert_eq!(number(), Some(1));
                    pause().await;
                }
                Outcome::Ok(thread::current().id())
            })
            .await
    });
    let mut ended = None;
    while ended.is_none() {
        // Each turn is its own thread.
        ended = thread::scope(|scope| {
            let poll = || {
                let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                assert!(attempt().is_none());
                match polled {
                    Poll::Ready(outcome) => Some(outcome),
                    Poll::Pending => None,
                }
            };
            scope.spawn(poll).join().unwrap()
        });
        assert!(attempt().is_none());
    }
    assert_ne!(ended, Some(Ok(thread::current().id())));
}

#[tokio::test]
async fn a_spawned_task_is_outside_of_the_attempt() {
    let outcome: Outcome<Option<u32>> = POLICY
        .run(async || {
            let task = tokio::spawn(async { number() });
            let on_thread = thread::spawn(number).join().unwrap();
            assert_eq!(on_thread, None);
            Ok(task.await.unwrap())
        })
        .await;
    assert_eq!(outcome, Ok(None));
}

#[test]
fn a_runtime_in_an_attempt_polls_its_tasks_in_the_attempt() {
    let outcome: Outcome<Option<u32>> = POLICY.run_blocking(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let inside = runtime.enable_time().build().unwrap().block_on(async {
            assert_eq!(thrice().await, Ok([1, 2, 3]));
            let spawned = tokio::spawn(async { number() }).await.unwrap();
            assert_eq!(spawned, Some(1));
            number()
        });
        Ok(inside)
    });
    assert_eq!(outcome, Ok(Some(1)));
}

#[test]
fn no_runtime_is_needed() {
    let timer = crate::common::Recorder::default();
    let outcome: Outcome<u32> = block_on(POLICY.run_with(timer, || async {
        pause().await;
        if here().is_last() {
            Ok(here().number())
        } else {
            Err(transient("down"))
        }
    }));
    assert_eq!(outcome, Ok(3));
}
