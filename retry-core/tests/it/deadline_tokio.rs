//! Deadlines and timeouts on tokio's clock, which in these tests is paused: virtual time counts.

use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Class, Classified, Classify, Fixed, GiveUp, GiveUpEvent, Jitter, Policy, TimedOut, transient,
};
use tokio::time::{Instant, sleep};

use crate::common::{everyday_shape, hint, ms, secs};

const BEAT: Fixed = Fixed::new(secs(1)).jitter(Jitter::None);

/// tokio's timer counts whole milliseconds, and rounds up.
const TICK: Duration = ms(1);

#[derive(Debug, PartialEq)]
enum Failure {
    Class(Class),
    TimedOut(Duration),
}

impl From<TimedOut> for Failure {
    fn from(timed_out: TimedOut) -> Self {
        Self::TimedOut(timed_out.after())
    }
}

impl Classify for Failure {
    fn classify(&self) -> Class {
        match self {
            Self::Class(class) => *class,
            Self::TimedOut(_) => Class::Transient,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_counts_virtual_time() {
    let policy = Policy::with_backoff(BEAT)
        .max_attempts(100)
        .deadline(secs(60));
    let begun = Instant::now();
    let slow = Failure::Class(Class::Transient);
    let (outcome, report) = policy
        .run(async || {
            sleep(secs(9)).await;
            Err::<(), _>(Failure::Class(Class::Transient))
        })
        .report()
        .await;
    // The attempts end at 9, 19, .. 59 seconds, and a wait of one second would reach the deadline.
    assert_eq!(outcome, Err(slow));
    assert_eq!(report.gave_up, Some(GiveUp::Deadline));
    assert_eq!((report.attempts, report.slept), (6, secs(5)));
    assert_eq!((report.elapsed, begun.elapsed()), (secs(59), secs(59)));
}

#[tokio::test(start_paused = true)]
async fn a_call_is_measured_from_its_first_poll() {
    let policy = Policy::with_backoff(BEAT).max_elapsed(secs(10));
    let call = policy
        .run(async || Err::<(), _>(transient("down")))
        .report();
    sleep(secs(60)).await;
    let (_, report) = call.await;
    assert_eq!((report.attempts, report.elapsed), (3, secs(2)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_cut_off_by_its_timeout_and_then_by_what_is_left() {
    let policy = Policy::with_backoff(BEAT)
        .max_attempts(100)
        .deadline(secs(10))
        .attempt_timeout(secs(4));
    let limits = std::cell::RefCell::new(Vec::new());
    let begun = Instant::now();
    let outcome: Result<(), Failure> = policy
        .run(async || std::future::pending().await)
        .on_retry(|event| match event.error {
            Some(Failure::TimedOut(after)) => limits.borrow_mut().push(*after),
            other => panic!("{other:?}"),
        })
        .await;
    // 4 s of attempt, 1 s of wait, 4 s, 1 s: nothing is left, and the second wait is not begun.
    assert_eq!(outcome, Err(Failure::TimedOut(secs(4))));
    assert_eq!(limits.into_inner(), [secs(4)]);
    assert_eq!(begun.elapsed(), secs(9));

    let begun = Instant::now();
    let outcome: Result<(), Failure> = policy
        .deadline(secs(12))
        .run(async || std::future::pending().await)
        .await;
    assert_eq!(outcome, Err(Failure::TimedOut(secs(2))));
    assert_eq!(begun.elapsed(), secs(12));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_ends_as_its_timeout_does_is_not_cut_off() {
    let policy = Policy::new().attempt_timeout(secs(4));
    let outcome: Result<u32, Failure> = policy
        .run(async || {
            sleep(secs(4)).await;
            Ok(7)
        })
        .await;
    assert_eq!(outcome, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_cuts_the_current_attempt_off() {
    let policy = Policy::new().deadline(secs(1));
    let begun = Instant::now();
    let call = policy.run(async || std::future::pending::<Result<(), Failure>>().await);
    let (outcome, report) = call.report().await;
    assert_eq!(outcome, Err(Failure::TimedOut(secs(1))));
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::Deadline))
    );
    assert_eq!(begun.elapsed(), secs(1));
}

#[tokio::test(start_paused = true)]
async fn max_elapsed_lets_the_current_attempt_end() {
    let policy = Policy::new().max_elapsed(secs(1));
    let begun = Instant::now();
    let (outcome, report) = policy
        .run(async || {
            sleep(secs(30)).await;
            Err::<(), Classified<&str>>(transient("slow"))
        })
        .report()
        .await;
    assert_eq!(outcome, Err(transient("slow")));
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::MaxElapsed))
    );
    assert_eq!(begun.elapsed(), secs(30));
}

/// The runtime stands still in the first wait.
#[tokio::test(start_paused = true)]
async fn after_a_wait_that_ended_too_late_the_call_ends_with_the_failure_before_it() {
    let stall = async || {
        sleep(ms(10)).await;
        tokio::time::advance(secs(60)).await;
    };
    let begun = std::cell::Cell::new(0);
    let noted = std::cell::RefCell::new(Vec::new());
    let attempt = async || {
        begun.set(begun.get() + 1);
        Err::<(), _>(Failure::Class(Class::Transient))
    };
    let tell = |event: &GiveUpEvent<'_, Failure>| {
        noted.borrow_mut().push((event.attempts, event.reason));
        assert_eq!(event.error, Some(&Failure::Class(Class::Transient)));
    };
    let policy = Policy::with_backoff(BEAT).max_attempts(9);

    let deadline = policy.deadline(secs(5));
    let call = deadline.run(attempt).on_give_up(tell).report();
    let ((outcome, report), ()) = tokio::join!(call, stall());
    assert_eq!(outcome, Err(Failure::Class(Class::Transient)));
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::Deadline))
    );

    let soft = policy.max_elapsed(secs(5));
    let call = soft.run(attempt).on_give_up(tell).report();
    let ((outcome, report), ()) = tokio::join!(call, stall());
    assert_eq!(outcome, Err(Failure::Class(Class::Transient)));
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::MaxElapsed))
    );
    assert_eq!(begun.get(), 2);
    assert_eq!(
        noted.into_inner(),
        [(1, GiveUp::Deadline), (1, GiveUp::MaxElapsed)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_has_passed_allows_no_attempt() {
    let begun = std::cell::Cell::new(0);
    let attempt = || {
        begun.set(begun.get() + 1);
        async { Ok::<(), Failure>(()) }
    };
    let noted = std::cell::Cell::new(None);
    let policy = Policy::new().deadline(Duration::ZERO);
    let call = policy
        .run(attempt)
        .on_give_up(|event| noted.set(Some((event.attempts, event.reason))));
    let (outcome, report) = call.report().await;
    assert_eq!(outcome, Err(Failure::TimedOut(Duration::ZERO)));
    assert_eq!(
        (report.attempts, report.gave_up),
        (0, Some(GiveUp::Deadline))
    );
    assert_eq!((begun.get(), noted.get()), (0, Some((0, GiveUp::Deadline))));

    // That of an enclosing call, too.
    let inner = Policy::new().attempt_timeout(secs(9));
    let mut upstream = retry_core::Upstream::new().remaining(Duration::ZERO);
    let outcome = upstream.serve(async { inner.run(attempt).await }).await;
    assert_eq!(outcome, Err(Failure::TimedOut(Duration::ZERO)));
    assert_eq!(begun.get(), 0);

    // With `max_elapsed`, there would be no error to return.
    let soft = Policy::new().max_elapsed(Duration::ZERO);
    assert_eq!(soft.run(attempt).await, Ok(()));
    assert_eq!(begun.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_no_clock_reaches_is_none() {
    let policy = Policy::new().deadline(Duration::MAX);
    let outcome = policy.run(async || {
        sleep(secs(9)).await;
        Ok::<_, Failure>(7)
    });
    assert_eq!(outcome.await, Ok(7));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn with_a_timeout_the_whole_call_ends_by_the_deadline(
        built in everyday_shape(),
        attempts in prop::collection::vec(
            (0..5_000_u64, prop::option::of(0..5_000_u64)),
            1..12,
        ),
        deadline in 1..20_000_u64,
        timeout in 1..4_000_u64,
        seed in any::<u64>(),
    ) {
        let policy = Policy::with_backoff(built.shape)
            .max_attempts(u32::try_from(attempts.len()).unwrap())
            .deadline(ms(deadline))
            .attempt_timeout(ms(timeout))
            .seed(seed);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let mut script = attempts.iter();
        let (outcome, report) = runtime.block_on(
            policy
                .run(|| {
                    let &(takes, after) = script.next().expect("no more attempts than allowed");
                    async move {
                        sleep(ms(takes)).await;
                        let class = after.map_or(Class::Transient, |after| hint(ms(after)));
                        Err::<(), _>(Failure::Class(class))
                    }
                })
                .report(),
        );
        prop_assert!(report.elapsed <= ms(deadline) + TICK, "{report:?}");
        if let Err(Failure::TimedOut(after)) = outcome {
            prop_assert!(after <= ms(timeout));
        }
    }
}
