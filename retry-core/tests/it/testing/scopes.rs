//! Where a mode is active, and where it is not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use retry_core::testing::{self, Mode};
use retry_core::{NoDelay, Policy};

use super::{Error, block_on, fails};
use crate::common::secs;

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(9);

/// How many attempts a call makes on this thread.
fn attempts() -> u32 {
    POLICY.blocking(fails).report().1.attempts
}

async fn attempts_awaited() -> u32 {
    let call = POLICY.run(|| async {
        tokio::task::yield_now().await;
        fails()
    });
    call.report().await.1.attempts
}

#[test]
fn the_innermost_scope_counts_setting_by_setting() {
    assert_eq!(attempts(), 9);
    let _outer = testing::max_attempts(5);
    assert_eq!(attempts(), 5);
    {
        let _inner = testing::max_attempts(7);
        assert_eq!(attempts(), 7);
        let _other = testing::seed(7);
        assert_eq!(attempts(), 7);
        let innermost = testing::no_retries();
        assert_eq!(attempts(), 1);
        drop(innermost);
        assert_eq!(attempts(), 7);
    }
    assert_eq!(attempts(), 5);
}

#[test]
fn scopes_may_end_in_any_order() {
    let outer = testing::max_attempts(2);
    let inner = testing::max_attempts(3);
    drop(outer);
    assert_eq!(attempts(), 3);
    drop(inner);
    assert_eq!(attempts(), 9);
}

#[test]
fn a_scope_ends_if_the_test_panics() {
    let panicked = catch_unwind(|| {
        let _once = testing::no_retries();
        panic!("a test fails");
    });
    assert!(panicked.is_err());
    assert_eq!(attempts(), 9);

    let future = testing::with(Mode::new().no_retries(), async {
        panic!("a test fails");
    });
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(future))).is_err());
    assert_eq!(attempts(), 9);

    // In an attempt, after a wait that was skipped.
    let _quick = testing::no_delay();
    let policy = Policy::fixed(secs(9));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        policy.run_blocking(|| {
            assert_eq!(retry_core::attempt().unwrap().number(), 1, "a test fails");
            fails()
        })
    }));
    assert!(panicked.is_err());
    let (_, report) = policy.blocking(|| Ok::<_, Error>(7)).report();
    assert!(report.elapsed < secs(1), "{report}");
}

#[test]
fn threads_do_not_see_the_scopes_of_one_another() {
    let both = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let _once = testing::no_retries();
            both.wait();
            assert_eq!(attempts(), 1);
            both.wait();
        });
        both.wait();
        assert_eq!(attempts(), 9);
        both.wait();
    });
}

#[test]
fn a_future_in_a_mode_is_in_it_on_every_thread() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=8)
            .flat_map(|max| {
                let mode = Mode::new().max_attempts(max);
                let inside = tokio::spawn(testing::with(mode, attempts_awaited()));
                [(max, inside), (9, tokio::spawn(attempts_awaited()))]
            })
            .collect();
        for (expected, task) in tasks {
            assert_eq!(task.await.unwrap(), expected);
        }
    });
}

#[test]
fn tasks_that_a_future_spawns_are_outside_of_its_mode() {
    let seen = block_on(testing::with(Mode::new().no_retries(), async {
        let spawned = tokio::spawn(attempts_awaited());
        (attempts_awaited().await, spawned.await.unwrap())
    }));
    assert_eq!(seen, (1, 9));
}

#[test]
fn the_mode_of_a_future_is_inside_of_that_of_the_thread() {
    let _outer = testing::max_attempts(2);
    let mode = Mode::new().max_attempts(3);
    let seen = block_on(testing::with(mode, async {
        let outer = attempts_awaited().await;
        let inner = testing::with(Mode::new().max_attempts(4), attempts_awaited()).await;
        (outer, inner)
    }));
    assert_eq!((seen, attempts()), ((3, 4), 2));
}

#[test]
fn a_call_that_has_begun_follows_the_mode() {
    let mut retry = POLICY.start();
    assert!(retry.again(fails().unwrap_err()).is_ok());
    let _few = testing::max_attempts(2);
    assert!(retry.again(fails().unwrap_err()).is_err());
}
