//! Skipped waits change no decision.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::join;
use proptest::prelude::*;
use retry_core::testing;
use retry_core::{Budget, Fixed, GiveUp, Policy, TimedOut, Upstream, VirtualTimer, attempt};

use super::{Error, block_on, fails};
use crate::common::{ms, secs};

/// Waits 2 s each time.
const POLICY: Policy<Fixed> = Policy::fixed(secs(2)).max_attempts(10);

/// Whether both are equal, but for the real time that a test takes.
fn is_about(time: Duration, expected: Duration) -> bool {
    time >= expected && time < expected + secs(1)
}

#[test]
fn max_elapsed_counts_skipped_waits() {
    let _quick = testing::no_delay();
    let (_, report) = POLICY.max_elapsed(secs(5)).blocking(fails).report();
    assert_eq!(
        (report.attempts, report.gave_up),
        (3, Some(GiveUp::MaxElapsed))
    );
    assert!(is_about(report.elapsed, secs(4)), "{report}");
}

#[test]
fn a_deadline_counts_skipped_waits_and_cuts_off_the_attempt() {
    let _quick = testing::no_delay();
    let policy = POLICY.deadline(ms(4100));
    let call = policy.run(|| async {
        let remaining = attempt().unwrap().remaining().unwrap();
        if remaining < secs(1) {
            std::future::pending::<()>().await;
        }
        Err::<(), _>(TimedOut::new(remaining))
    });
    let (outcome, report) = block_on(call.report());
    assert!(outcome.unwrap_err().after() < secs(1));
    assert_eq!((report.attempts, report.slept), (3, secs(4)));
    assert_eq!(report.gave_up, Some(GiveUp::Deadline));
}

#[test]
fn nested_calls_use_up_the_time_of_the_outer_one() {
    let _quick = testing::no_delay();
    let outer = Policy::fixed(secs(1)).deadline(secs(10));
    let call = outer.run(|| async {
        // Two levels deeper, in a loop that is not limited itself.
        let middle = Policy::fixed(secs(1)).max_attempts(1);
        let middle = middle.run(|| async {
            let _ = POLICY.max_attempts(3).run(|| async { fails() }).await;
            Ok::<(), TimedOut>(())
        });
        middle.await.unwrap();
        let remaining = attempt().unwrap().remaining().unwrap();
        assert!(is_about(secs(6), remaining), "{remaining:?}");
        Ok::<(), TimedOut>(())
    });
    let (outcome, report) = block_on(call.report());
    assert!(outcome.is_ok());
    assert!(is_about(report.elapsed, secs(4)), "{report}");

    let inner = outer.run(|| async {
        let (_, report) = POLICY.run(|| async { fails() }).report().await;
        assert_eq!(
            (report.attempts, report.gave_up),
            (5, Some(GiveUp::Deadline))
        );
        Ok::<(), TimedOut>(())
    });
    assert!(block_on(inner).is_ok());
}

#[test]
fn the_time_of_a_caller_in_another_process_is_used_up_too() {
    let _quick = testing::no_delay();
    let mut upstream = Upstream::new().remaining(secs(5));
    let report = upstream.serve_blocking(|| POLICY.blocking(fails).report().1);
    assert_eq!(
        (report.attempts, report.gave_up),
        (3, Some(GiveUp::Deadline))
    );
    let remaining = upstream.serve_blocking(|| {
        Policy::new()
            .blocking(|| Ok::<_, Error>(attempt().unwrap().remaining().unwrap()))
            .call()
    });
    assert!(is_about(secs(1), remaining.unwrap()));
}

#[test]
fn calls_that_run_at_once_do_not_add_up() {
    let _quick = testing::no_delay();
    let outer = Policy::new().deadline(secs(7));
    let call = outer.run(|| async {
        let policy = POLICY.max_elapsed(secs(5));
        let calls = join!(
            policy.run(|| async { fails() }).report(),
            policy.run(|| async { fails() }).report(),
            policy.run(|| async { fails() }).report(),
        );
        for (_, report) in [calls.0, calls.1, calls.2] {
            assert_eq!(
                (report.attempts, report.gave_up),
                (3, Some(GiveUp::MaxElapsed))
            );
        }
        Ok::<_, TimedOut>(attempt().unwrap().remaining().unwrap())
    });
    let remaining = block_on(call).unwrap();
    assert!(is_about(secs(3), remaining), "{remaining:?}");
}

#[test]
fn hooks_receive_the_time_as_if_it_had_passed() {
    let _quick = testing::no_delay();
    let seen = RefCell::new(Vec::new());
    let log = |elapsed: Duration, slept| {
        assert!(is_about(elapsed, slept), "{elapsed:?}, {slept:?}");
        seen.borrow_mut().push(slept);
    };
    let policy = POLICY.max_attempts(3);
    let call = policy.blocking(fails).on_retry(|event| {
        assert_eq!(event.delay, secs(2));
        log(event.elapsed, event.slept);
    });
    let outcome = call
        .on_give_up(|event| log(event.elapsed, event.slept))
        .call();
    assert!(outcome.is_err());
    assert_eq!(seen.into_inner(), [secs(0), secs(2), secs(4)]);
}

#[test]
fn a_budget_is_refilled_by_skipped_time() {
    let _quick = testing::no_delay();
    let budget = Budget::new(0.0).burst(1).min_per_second(1);
    let (_, report) = POLICY.budget(&budget).blocking(fails).report();
    assert_eq!(
        (report.attempts, report.gave_up),
        (10, Some(GiveUp::Exhausted))
    );
}

#[test]
fn a_loop_that_is_measured_from_now_on_counts_no_earlier_wait() {
    let _quick = testing::no_delay();
    let mut retry = POLICY.start();
    retry.again(fails().unwrap_err()).unwrap().block();
    let mut retry = retry.timed();
    assert!(is_about(retry.elapsed().unwrap(), secs(0)));
    retry.again(fails().unwrap_err()).unwrap().block();
    assert!(is_about(retry.elapsed().unwrap(), secs(2)));
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_waits_by_other_means_counts_its_waits_once() {
    let _quick = testing::no_delay();
    let policy = POLICY.max_elapsed(secs(5));
    let mut retry = policy.start();
    while let Ok(delay) = retry.again(fails().unwrap_err()) {
        tokio::time::sleep(delay.duration()).await;
        assert_eq!(retry.elapsed(), Some(retry.slept()));
    }
    assert_eq!((retry.number(), retry.elapsed()), (3, Some(secs(4))));
}

#[tokio::test(start_paused = true)]
async fn the_time_of_attempts_counts_in_addition_to_skipped_waits() {
    let _quick = testing::no_delay();
    let policy = POLICY.max_elapsed(secs(8));
    let call = policy.run(|| async {
        tokio::time::sleep(secs(1)).await;
        fails()
    });
    // 1 + 2 + 1 + 2 + 1: a further wait would end after 9 s.
    let (_, report) = call.report().await;
    assert_eq!((report.attempts, report.elapsed), (3, secs(7)));
}

proptest! {
    #[test]
    fn a_call_without_delays_decides_as_one_that_waits(
        delays in prop::collection::vec(0..100_u64, 0..12),
        max in 1..12_u32,
        max_elapsed in prop::option::of(0..500_u64),
    ) {
        // Days, so that the real time of the test does not matter.
        let day = |days: u64| secs(days * 86_400);
        let delays: Vec<_> = delays.into_iter().map(day).collect();
        let policy = Policy::with_backoff(&delays[..]).max_attempts(max);
        let policy = policy.max_elapsed(max_elapsed.map_or(Duration::MAX, |days| day(days) + secs(3600)));
        let (_, waited) = policy.blocking_with(VirtualTimer::new(), fails).report();
        let _quick = testing::no_delay();
        let (_, skipped) = policy.blocking(fails).report();
        prop_assert_eq!(
            (waited.attempts, waited.slept, waited.gave_up),
            (skipped.attempts, skipped.slept, skipped.gave_up)
        );
        prop_assert!(is_about(skipped.elapsed, waited.elapsed));
    }
}
