//! Deadlines on a virtual clock, over random calls: no wait reaches one, and none is cut short for nothing.

mod common;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use common::{Built, Recorder, Wait, everyday_shape, hint, ms, ready, secs};
use proptest::prelude::*;
use retry_core::{
    Backoff, Class, Classified, Decision, Fixed, GiveUp, Jitter, NoDelay, Policy, TimedOut, Timer,
    transient,
};

/// How one attempt goes: it takes this long and fails like this.
type Failure = (Duration, Class);

fn failures() -> impl Strategy<Value = Vec<Failure>> {
    let class = prop_oneof![
        3 => Just(Class::Transient),
        1 => Just(Class::Refused),
        1 => Just(common::NO_HINT),
        2 => (0..5_000_000_000_u64).prop_map(|nanos| hint(Duration::from_nanos(nanos))),
    ];
    let took = prop_oneof![
        Just(Duration::ZERO),
        (0..3_000_000_u64).prop_map(Duration::from_micros)
    ];
    prop::collection::vec((took, class), 1..12)
}

fn deadlines() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0..40_000_000_u64).prop_map(Duration::from_micros),
        Just(Duration::MAX),
    ]
}

fn policy(built: Built, seed: u64, failures: &[Failure]) -> Policy<common::Shape> {
    let attempts = u32::try_from(failures.len()).unwrap();
    Policy::with_backoff(built.shape)
        .max_attempts(attempts)
        .seed(seed)
}

/// The rule, written down once more: which waits there are, and why they end. `delays` are those of the call,
/// as a spread that the deadline cuts is random within bounds.
fn expected(
    policy: &Policy<common::Shape>,
    shape: common::Shape,
    failures: &[Failure],
    deadline: Duration,
    delays: &[Duration],
) -> (Vec<Wait>, GiveUp) {
    // The same draws as with the deadline, as the seed is the same.
    let mut endless = policy.start_with(Recorder::default());
    let mut backoff = policy.start_with(Recorder::default());
    let (mut waits, mut now) = (Vec::new(), Duration::ZERO);
    for &(took, class) in failures {
        now += took;
        let longest = match endless.decide(class) {
            Decision::Stop(reason) => return (waits, reason),
            Decision::Wait(delay) => delay,
        };
        let Decision::Wait(planned) = backoff.decide(Class::Transient) else {
            unreachable!("the hint was not too long")
        };
        let asked = class.retry_after().unwrap_or_default();
        let left = deadline.saturating_sub(now);
        if planned.max(asked) >= left {
            return (waits, GiveUp::Deadline);
        }
        let whole = asked / 10 <= left.saturating_sub(asked) / 2;
        let duration = if whole || !shape.spreads_hints() {
            longest
        } else {
            let delay = delays.get(waits.len()).copied().expect("a wait that fits");
            assert!(delay >= planned.max(asked) && delay <= longest);
            delay
        };
        waits.push(Wait {
            begun: now,
            duration,
        });
        now += duration;
    }
    unreachable!("the last attempt gives up")
}

/// What an attempt was given.
#[derive(Debug)]
struct Given(Duration);

impl From<TimedOut> for Given {
    fn from(timed_out: TimedOut) -> Self {
        Self(timed_out.after())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_call_sleeps_past_its_deadline_and_none_stops_before_it_must(
        built in everyday_shape(),
        failures in failures(),
        deadline in deadlines(),
        seed in any::<u64>(),
    ) {
        let policy = policy(built, seed, &failures);
        let timer = Recorder::default();
        let delays = RefCell::new(Vec::new());
        let mut script = failures.iter();
        let (outcome, report) = ready(
            policy
                .deadline(deadline)
                .run_with(timer.clone(), || {
                    let &(took, class) = script.next().expect("no more attempts than allowed");
                    timer.advance(took);
                    async move { Err::<(), _>(Classified::new((), class)) }
                })
                .on_retry(|event| delays.borrow_mut().push(event.delay))
                .report(),
        );
        let delays = delays.into_inner();
        let (mut waits, reason) = expected(&policy, built.shape, &failures, deadline, &delays);

        prop_assert!(outcome.is_err());
        for wait in timer.waits() {
            prop_assert!(wait.begun + wait.duration < deadline);
        }
        prop_assert_eq!(report.gave_up, Some(reason));
        prop_assert_eq!(usize::try_from(report.attempts).unwrap(), waits.len() + 1);
        prop_assert_eq!(report.elapsed, timer.time());
        // A delay of zero is no wait.
        waits.retain(|wait| wait.duration > Duration::ZERO);
        prop_assert_eq!(timer.waits(), waits);
    }

    #[test]
    fn with_a_timeout_the_whole_call_ends_by_the_deadline(
        built in everyday_shape(),
        failures in failures(),
        deadline in deadlines(),
        timeout in (0..4_000_u64).prop_map(ms),
        seed in any::<u64>(),
    ) {
        let timer = Recorder::default();
        let begun = RefCell::new(Vec::new());
        let timed_out = RefCell::new(Vec::new());
        let class = Cell::new(Class::Transient);
        let mut script = failures.iter();
        let rule = |error: &Given| {
            timed_out.borrow_mut().push(error.0);
            class.get()
        };
        let policy = policy(built, seed, &failures)
            .on_error(&rule)
            .deadline(deadline)
            .attempt_timeout(timeout);
        let outcome: Result<(), Given> = ready(policy.run_with(timer.clone(), || {
            class.set(script.next().expect("no more attempts than allowed").1);
            begun.borrow_mut().push(timer.time());
            std::future::pending()
        }));

        prop_assert!(outcome.is_err());
        prop_assert!(timer.time() <= deadline, "{:?} > {deadline:?}", timer.time());
        let (begun, timed_out) = (begun.into_inner(), timed_out.into_inner());
        let given: Vec<_> = begun.iter().map(|&begun| timeout.min(deadline.saturating_sub(begun))).collect();
        prop_assert_eq!(timed_out, given);
    }

    #[test]
    fn nested_attempts_and_waits_end_by_the_nearest_deadline_around_them(
        deadlines in prop::array::uniform3(0..20_000_u64).prop_map(|all| all.map(ms)),
        before in prop::array::uniform2(0..3_000_u64).prop_map(|all| all.map(ms)),
        timeout in (0..5_000_u64).prop_map(ms),
    ) {
        let timer = Recorder::default();
        let begun = RefCell::new(Vec::new());
        let timed_out = RefCell::new(Vec::new());
        let note = |error: &Given| {
            timed_out.borrow_mut().push(error.0);
            true
        };
        let policy = Policy::with_backoff(BEAT).max_attempts(100);
        let [outer, middle] = [deadlines[0], deadlines[1]]
            .map(|deadline| policy.on_error(|_: &Given| true).deadline(deadline));
        let inner = policy.on_error(&note).deadline(deadlines[2]).attempt_timeout(timeout);
        let outcome: Result<(), Given> = ready(outer.run_with(timer.clone(), || {
            timer.advance(before[0]);
            middle.run_with(timer.clone(), || {
                timer.advance(before[1]);
                inner.run_with(timer.clone(), || {
                    begun.borrow_mut().push(timer.time());
                    std::future::pending()
                })
            })
        }));
        prop_assert!(outcome.is_err());

        let began = before[0] + before[1];
        let nearest = deadlines[0].min(before[0] + deadlines[1]).min(began + deadlines[2]);
        // One attempt is made in any case, and has no time where there is none left.
        prop_assert!(timer.time() <= nearest.max(began), "{:?}", timer.time());
        let begun = begun.into_inner();
        let given: Vec<_> = begun.iter().map(|&begun| timeout.min(nearest.saturating_sub(begun))).collect();
        prop_assert_eq!(timed_out.into_inner(), given);
    }
}

const BEAT: Fixed = Fixed::new(secs(1)).jitter(Jitter::None);

/// Attempts made, time taken and the reason, where every attempt fails at once.
fn spent(policy: Policy<Fixed>) -> (u32, Duration, Option<GiveUp>) {
    let timer = Recorder::default();
    let outcome = policy.blocking_with(timer.clone(), || Err::<(), _>(transient("down")));
    let (_, report) = outcome.report();
    (report.attempts, timer.time(), report.gave_up)
}

#[test]
fn a_wait_that_ends_at_the_deadline_is_not_begun() {
    let policy = Policy::with_backoff(BEAT).max_attempts(9);
    let nano = Duration::from_nanos(1);
    let stopped = Some(GiveUp::Deadline);
    assert_eq!(spent(policy.deadline(secs(3))), (3, secs(2), stopped));
    assert_eq!(
        spent(policy.deadline(secs(3) + nano)),
        (4, secs(3), stopped)
    );
}

#[test]
fn the_first_attempt_is_made_whatever_the_deadline() {
    let policy = Policy::with_backoff(BEAT).deadline(Duration::ZERO);
    assert_eq!(spent(policy), (1, Duration::ZERO, Some(GiveUp::Deadline)));
    let at_once = Policy::with_backoff(NoDelay).deadline(Duration::ZERO);
    let outcome = at_once
        .blocking_with(Recorder::default(), || Ok::<_, Classified<()>>(5))
        .call();
    assert_eq!(outcome, Ok(5));
}

#[test]
fn even_no_delay_does_not_go_on_at_the_deadline() {
    let timer = Recorder::default();
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(9)
        .deadline(secs(3));
    let (_, report) = policy
        .blocking_with(timer.clone(), || {
            timer.advance(secs(1));
            Err::<(), _>(transient("slow"))
        })
        .report();
    assert_eq!(
        (report.attempts, report.gave_up),
        (3, Some(GiveUp::Deadline))
    );
}

#[test]
fn an_attempt_limit_is_the_smaller_of_the_timeout_and_what_is_left() {
    let timer = Recorder::default();
    let policy = Policy::with_backoff(BEAT).deadline(secs(10));
    assert_eq!(
        policy.start_with(timer.clone()).attempt_limit(),
        Some(secs(10))
    );

    let policy = policy.attempt_timeout(secs(6));
    let mut retry = policy.start_with(timer.clone());
    assert_eq!(retry.attempt_limit(), Some(secs(6)));
    timer.advance(secs(5));
    let delay = retry.again(transient("slow")).unwrap();
    ready(timer.sleep(delay.duration()));
    assert_eq!(retry.attempt_limit(), Some(secs(4)));
    timer.advance(secs(5));
    assert_eq!(retry.attempt_limit(), Some(Duration::ZERO));

    let limitless = Policy::new();
    assert_eq!(limitless.start_with(timer).attempt_limit(), None);
}
