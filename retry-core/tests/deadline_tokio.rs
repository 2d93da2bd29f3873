//! Deadlines and timeouts on tokio's clock, which in these tests is paused: virtual time counts.

mod common;

use std::time::Duration;

use common::{everyday_shape, hint, ms, secs};
use proptest::prelude::*;
use retry_core::{Class, Classified, Classify, Fixed, GiveUp, Jitter, Policy, TimedOut, transient};
use tokio::time::{Instant, sleep};

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
    let (outcome, report) = policy
        .run(async || {
            sleep(secs(9)).await;
            Err::<(), _>(transient("slow"))
        })
        .report()
        .await;
    // The attempts end at 9, 19, .. 59 seconds, and a wait of one second would reach the deadline.
    assert_eq!(outcome, Err(transient("slow")));
    assert_eq!(report.gave_up, Some(GiveUp::Deadline));
    assert_eq!((report.attempts, report.slept), (6, secs(5)));
    assert_eq!((report.elapsed, begun.elapsed()), (secs(59), secs(59)));
}

#[tokio::test(start_paused = true)]
async fn a_call_is_measured_from_its_first_poll() {
    let policy = Policy::with_backoff(BEAT).deadline(secs(10));
    let call = policy
        .run(async || Err::<(), _>(transient("down")))
        .report();
    sleep(secs(60)).await;
    let (_, report) = call.await;
    assert_eq!((report.attempts, report.elapsed), (3, secs(2)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_cut_short_by_its_timeout_and_then_by_what_is_left() {
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
async fn an_attempt_that_ends_as_its_timeout_does_is_not_cut_short() {
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
async fn a_deadline_alone_does_not_cut_an_attempt_short() {
    let policy = Policy::new().deadline(secs(1));
    let outcome = policy
        .run(async || {
            sleep(secs(30)).await;
            Ok::<_, Classified<&str>>(7)
        })
        .await;
    assert_eq!(outcome, Ok(7));
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
