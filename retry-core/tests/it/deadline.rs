//! Limits of time on a virtual clock, over random calls: no wait passes one, and no call ends early.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Backoff, BlockingLimit, BlockingTimer, Class, Classified, Clock, Decision, Fixed, GiveUp,
    Jitter, Moment, NoDelay, On, Policy, TimedOut, Timer, transient,
};

use crate::common::{self, Built, Recorder, Wait, everyday_shape, hint, ms, ready, secs};

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
    limit: Duration,
    delays: &[Duration],
) -> (Vec<Wait>, GiveUp) {
    // The same draws as with the limit, as the seed is the same.
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
        let left = limit.saturating_sub(now);
        if now > limit || planned.max(asked) > left {
            return (waits, GiveUp::MaxElapsed);
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

/// The time limit of an attempt that was cut off.
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
    fn no_call_sleeps_past_its_max_elapsed_and_none_stops_before_it_must(
        built in everyday_shape(),
        failures in failures(),
        limit in deadlines(),
        seed in any::<u64>(),
    ) {
        let policy = policy(built, seed, &failures);
        let timer = Recorder::default();
        let delays = RefCell::new(Vec::new());
        let mut script = failures.iter();
        let (outcome, report) = ready(
            policy
                .max_elapsed(limit)
                .run_with(timer.clone(), || {
                    let &(took, class) = script.next().expect("no more attempts than allowed");
                    timer.advance(took);
                    async move { Err::<(), _>(Classified::new((), class)) }
                })
                .on_retry(|event| delays.borrow_mut().push(event.delay))
                .report(),
        );
        let delays = delays.into_inner();
        let (mut waits, reason) = expected(&policy, built.shape, &failures, limit, &delays);

        prop_assert!(outcome.is_err());
        for wait in timer.waits() {
            prop_assert!(wait.begun + wait.duration <= limit);
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
        let mut given: Vec<_> = begun.iter().map(|&begun| timeout.min(deadline.saturating_sub(begun))).collect();
        if deadline.is_zero() {
            prop_assert!(begun.is_empty());
            given.push(Duration::ZERO);
        }
        prop_assert_eq!(timed_out, given);
    }

    #[test]
    fn nested_attempts_and_waits_end_by_the_nearest_enclosing_deadline(
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
        prop_assert!(timer.time() <= nearest.max(began), "{:?}", timer.time());
        let (begun, timed_out) = (begun.into_inner(), timed_out.into_inner());
        if nearest <= began {
            prop_assert!(begun.is_empty() && timed_out.iter().all(Duration::is_zero));
            return Ok(());
        }
        let given: Vec<_> = begun.iter().map(|&begun| timeout.min(nearest.saturating_sub(begun))).collect();
        prop_assert_eq!(timed_out, given);
    }
}

const BEAT: Fixed = Fixed::new(secs(1)).jitter(Jitter::None);

/// Attempts made, time taken and the reason, if every attempt fails at once.
fn spent<L: BlockingLimit>(policy: Policy<Fixed, On, L>) -> (u32, Duration, Option<GiveUp>) {
    let timer = Recorder::default();
    let outcome = policy.blocking_with(timer.clone(), || Err::<(), _>(transient("down")));
    let (_, report) = outcome.report();
    (report.attempts, timer.time(), report.gave_up)
}

#[test]
fn a_wait_that_ends_at_the_deadline_does_not_begin() {
    let policy = Policy::with_backoff(BEAT)
        .max_attempts(9)
        .on_error(|_: &Given| true);
    let spent = |deadline| {
        let timer = Recorder::default();
        let policy = policy.deadline(deadline);
        let call = policy.run_with(timer.clone(), async || Err::<(), _>(Given(secs(0))));
        let (_, report) = ready(call.report());
        (report.attempts, timer.time(), report.gave_up)
    };
    let nano = Duration::from_nanos(1);
    let stopped = Some(GiveUp::Deadline);
    assert_eq!(spent(secs(3)), (3, secs(2), stopped));
    assert_eq!(spent(secs(3) + nano), (4, secs(3), stopped));
}

#[test]
fn a_wait_that_ends_after_max_elapsed_does_not_begin() {
    let policy = Policy::with_backoff(BEAT).max_attempts(9);
    let stopped = Some(GiveUp::MaxElapsed);
    assert_eq!(spent(policy.max_elapsed(secs(3))), (4, secs(3), stopped));
    let less = policy.max_elapsed(ms(2999));
    assert_eq!(spent(less), (3, secs(2), stopped));
}

#[test]
fn the_first_attempt_is_made_for_every_max_elapsed() {
    let policy = Policy::with_backoff(BEAT).max_elapsed(Duration::ZERO);
    assert_eq!(spent(policy), (1, Duration::ZERO, Some(GiveUp::MaxElapsed)));
    let outcome = policy
        .blocking_with(Recorder::default(), || Ok::<_, Classified<()>>(5))
        .call();
    assert_eq!(outcome, Ok(5));
}

#[test]
fn even_no_delay_does_not_continue_past_max_elapsed() {
    let timer = Recorder::default();
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(9)
        .max_elapsed(secs(3));
    let (_, report) = policy
        .blocking_with(timer.clone(), || {
            timer.advance(secs(1));
            Err::<(), _>(transient("slow"))
        })
        .report();
    assert_eq!(
        (report.attempts, report.gave_up),
        (4, Some(GiveUp::MaxElapsed))
    );
}

/// A timer whose waits end a minute late.
struct Late(Recorder);

impl Clock for Late {
    fn now(&self) -> Moment {
        self.0.now()
    }
}

impl BlockingTimer for Late {
    fn block(&self, duration: Duration) {
        self.0.block(duration + secs(60));
    }
}

#[test]
fn after_a_blocking_wait_that_ended_too_late_the_call_ends_with_the_failure_before_it() {
    let policy = Policy::with_backoff(BEAT).max_elapsed(secs(5));
    let noted = Cell::new(None);
    let mut calls = 0;
    let (outcome, report) = policy
        .blocking_with(Late(Recorder::default()), || {
            calls += 1;
            Err::<(), _>(transient(calls))
        })
        .on_give_up(|event| noted.set(Some((event.attempts, event.reason))))
        .report();
    assert_eq!(outcome, Err(transient(1)));
    let reason = GiveUp::MaxElapsed;
    assert_eq!((report.attempts, report.gave_up), (1, Some(reason)));
    assert_eq!((calls, noted.get()), (1, Some((1, reason))));
}

#[test]
fn an_explicit_loop_can_ask_whether_another_attempt_may_begin() {
    let policy = Policy::with_backoff(BEAT).max_attempts(9);
    let policies = [policy.deadline(secs(5)), policy.attempt_timeout(secs(1))];
    for (policy, reason) in policies.into_iter().zip([Some(GiveUp::Deadline), None]) {
        let timer = Recorder::default();
        let mut retry = policy.start_with(Late(timer.clone()));
        assert!(retry.can_begin());
        assert!(matches!(retry.decide(Class::Transient), Decision::Wait(_)));
        timer.advance(secs(60));
        // To ask changes nothing.
        assert_eq!(
            (retry.can_begin(), retry.gave_up()),
            (reason.is_none(), None)
        );
        assert_eq!(retry.number(), 2);
        // A loop that does not ask gives up after that attempt.
        let gave_up = match retry.decide(Class::Transient) {
            Decision::Wait(_) => None,
            Decision::Stop(reason) => Some(reason),
        };
        assert_eq!(gave_up, reason);
        assert_eq!(retry.can_begin(), reason.is_none());
    }
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
