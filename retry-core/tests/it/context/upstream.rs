//! `Upstream`: the attempt of a caller in another process, and what calls in it know and leave behind.

use std::cell::Cell;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{GiveUp, Nested, TimedOut, Upstream, attempt, note_give_up, permanent, transient};

use super::support::{Outcome, POLICY, block_on, here, number, pause};
use crate::common::secs;

#[test]
fn code_in_it_knows_the_number_and_not_the_maximum() {
    let mut upstream = Upstream::new().number(7);
    upstream.serve_blocking(|| {
        assert_eq!((here().number(), here().max()), (7, u32::MAX));
        assert!(!here().is_last());
        assert_eq!(here().remaining(), None);
    });
    assert!(attempt().is_none() && !upstream.gave_up());
    let mut last = Upstream::new().number(u32::MAX);
    last.serve_blocking(|| assert!(!here().is_last()));
}

#[test]
fn without_a_number_there_is_no_attempt_but_a_deadline() {
    let mut upstream = Upstream::default().number(0).remaining(secs(5));
    upstream.serve_blocking(|| {
        assert!(attempt().is_none());
        let outcome: Outcome<Option<Duration>> = POLICY.run_blocking(|| Ok(here().remaining()));
        assert!(outcome.unwrap().unwrap() <= secs(5));
    });
}

#[tokio::test(start_paused = true)]
async fn the_remaining_time_bounds_every_nested_call() {
    let mut upstream = Upstream::new().number(1).remaining(secs(5));
    let beat = POLICY.max_attempts(100).backoff([secs(2); 99]);
    let beat = beat.deadline(secs(60));
    let report = upstream
        .serve(async {
            tokio::time::sleep(secs(1)).await;
            assert_eq!(here().remaining(), Some(secs(4)));
            // In the middle of an attempt, too.
            let slow = POLICY.on_error(|_: &retry_core::TimedOut| false);
            let limited = slow.attempt_timeout(secs(60)).start().attempt_limit();
            assert_eq!(limited, Some(secs(4)));
            let call = beat.run(async || Err::<(), _>(TimedOut::new(secs(1))));
            call.report().await.1
        })
        .await;
    // At 1 s, 3 s; the next would be at 5 s.
    assert_eq!(
        (report.attempts, report.gave_up),
        (2, Some(GiveUp::Deadline))
    );
    assert!(upstream.gave_up());
}

#[tokio::test(start_paused = true)]
async fn a_nearer_enclosing_deadline_counts() {
    let outcome: Result<Option<Duration>, TimedOut> = POLICY
        .deadline(secs(3))
        .run(async || {
            let mut upstream = Upstream::new().number(1).remaining(secs(60));
            Ok(upstream.serve(async { here().remaining() }).await)
        })
        .await;
    assert_eq!(outcome, Ok(Some(secs(3))));
}

#[test]
fn a_time_that_no_clock_reaches_is_no_deadline() {
    let mut upstream = Upstream::new().number(1).remaining(Duration::MAX);
    let remaining = upstream.serve_blocking(|| here().remaining());
    assert!(remaining.is_none_or(|left| left > secs(1 << 30)));
}

/// Returns whether this code marks an upstream attempt.
fn marks(code: impl FnOnce()) -> bool {
    let mut upstream = Upstream::new();
    upstream.serve_blocking(code);
    upstream.gave_up()
}

#[test]
fn it_is_marked_by_a_nested_call_that_gave_up_and_by_no_other() {
    let fails = |error| {
        move || {
            let outcome: Outcome<()> = POLICY.run_blocking(|| Err(error));
            assert!(outcome.is_err());
        }
    };
    assert!(marks(fails(transient("down"))));
    assert!(!marks(fails(permanent("no"))));
    assert!(!marks(|| assert_eq!(
        POLICY.run_blocking(|| Outcome::Ok(1)),
        Ok(1)
    )));
    // One in an attempt of another call, which then ends so.
    let inside = |outcome: Outcome<()>| {
        marks(|| {
            let around = POLICY.run_blocking(|| {
                fails(transient("down"))();
                outcome
            });
            assert_eq!(around, outcome);
        })
    };
    assert!(inside(Err(permanent("passes it on"))));
    assert!(!inside(Ok(())));
}

#[test]
fn a_mark_of_one_request_does_not_reach_the_next() {
    assert!(marks(note_give_up));
    assert!(!marks(|| ()));
}

#[test]
fn an_enclosing_attempt_in_the_same_process_is_not_marked() {
    let calls = Cell::new(0);
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        calls.set(calls.get() + 1);
        let mut upstream = Upstream::new();
        upstream.serve_blocking(note_give_up);
        assert!(upstream.gave_up());
        Err(transient("down"))
    });
    assert!(outcome.is_err());
    assert_eq!(calls.get(), 3);
}

#[test]
fn a_give_up_that_is_noted_ends_every_enclosing_call() {
    let reasons = Cell::new([None; 2]);
    let calls = Cell::new(0);
    let (outcome, report) = POLICY
        .blocking(|| {
            let (outcome, report) = POLICY
                .blocking(|| {
                    calls.set(calls.get() + 1);
                    note_give_up();
                    // Such as a status with `x-should-retry: false`.
                    Outcome::<()>::Err(permanent("do not retry"))
                })
                .report();
            reasons.set([report.gave_up, None]);
            outcome.map_err(|_| transient("of another kind"))
        })
        .report();
    assert!(outcome.is_err());
    assert_eq!(calls.get(), 1);
    assert_eq!(reasons.get()[0], Some(GiveUp::NotRetryable));
    assert_eq!(report.gave_up, Some(GiveUp::Nested));
}

#[test]
fn a_give_up_that_is_noted_does_not_end_a_call_that_multiplies() {
    let multiply = POLICY.nested(Nested::Multiply);
    let call = multiply.blocking(|| {
        note_give_up();
        Outcome::<()>::Err(transient("down"))
    });
    let (_, report) = call.report();
    assert_eq!(
        (report.attempts, report.gave_up),
        (3, Some(GiveUp::Exhausted))
    );
}

#[test]
fn outside_of_attempts_a_note_is_of_no_effect() {
    note_give_up();
    assert!(!marks(|| ()));
    let outcome: Outcome<u32> = POLICY.run_blocking(|| match here().number() {
        1 => Err(transient("once")),
        number => Ok(number),
    });
    assert_eq!(outcome, Ok(2));
}

#[test]
fn two_requests_by_turns_on_one_thread_do_not_mix() {
    let (mut one, mut two) = (Upstream::new().number(1), Upstream::new().number(2));
    {
        let first = one.serve(async {
            let id = here().call_id();
            pause().await;
            assert_eq!((here().number(), here().call_id()), (1, id));
            note_give_up();
        });
        let second = two.serve(async {
            pause().await;
            assert_eq!(here().number(), 2);
        });
        block_on(futures_util::future::join(first, second));
    }
    assert_eq!((one.gave_up(), two.gave_up()), (true, false));
}

#[test]
fn after_a_panic_and_a_drop_what_was_current_before_is_so_again() {
    Upstream::new().number(4).serve_blocking(|| {
        let panics = || Upstream::new().number(9).serve_blocking(|| panic!("in it"));
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        assert_eq!(number(), Some(4));

        let mut dropped = Upstream::new().number(9);
        {
            let mut future = pin!(dropped.serve(pending::<()>()));
            let mut cx = Context::from_waker(Waker::noop());
            assert_eq!(future.as_mut().poll(&mut cx), Poll::Pending);
            assert_eq!(number(), Some(4));
        }
        assert_eq!(number(), Some(4));
    });
    assert_eq!(number(), None);
}

proptest! {
    #[test]
    fn no_number_or_time_of_a_caller_causes_a_panic(number in any::<u32>(), left in any::<Duration>()) {
        let mut upstream = Upstream::new().number(number).remaining(left);
        let seen = upstream.serve_blocking(attempt);
        prop_assert_eq!(seen.map_or(0, retry_core::Attempt::number), number.min(u32::MAX - 1));
        if let Some(attempt) = seen {
            prop_assert!(!attempt.is_last());
            prop_assert!(attempt.remaining().is_none_or(|remaining| remaining <= left));
        }
    }
}
