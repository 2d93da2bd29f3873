//! Retries inside retries: which give-up ends which call, and whose deadline counts.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::time::Duration;

use retry_core::{
    Budget, Class, Classified, Decision, Fixed, GiveUp, Jitter, Nested, NoDelay, Policy, Report,
    TimedOut, permanent, transient,
};

use crate::common::{Recorder, hint, ms, ready, secs};

type Outcome = Result<(), Classified<&'static str>>;

const FIVE: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5);

/// A way to make a call.
type Driver = fn(&Policy<NoDelay>, &mut dyn FnMut() -> Outcome) -> (Outcome, Option<GiveUp>);

fn of_report((outcome, report): (Outcome, Report)) -> (Outcome, Option<GiveUp>) {
    (outcome, report.gave_up)
}

fn blocking(
    policy: &Policy<NoDelay>,
    op: &mut dyn FnMut() -> Outcome,
) -> (Outcome, Option<GiveUp>) {
    of_report(policy.blocking(op).report())
}

fn awaited(policy: &Policy<NoDelay>, op: &mut dyn FnMut() -> Outcome) -> (Outcome, Option<GiveUp>) {
    let op = RefCell::new(op);
    let run = policy.run_with(Recorder::default(), || async { op.borrow_mut()() });
    of_report(ready(run.report()))
}

/// The work is done by the closure that makes the future.
fn in_closure(
    policy: &Policy<NoDelay>,
    op: &mut dyn FnMut() -> Outcome,
) -> (Outcome, Option<GiveUp>) {
    let run = policy.run_with(Recorder::default(), || std::future::ready(op()));
    of_report(ready(run.report()))
}

fn explicit(
    policy: &Policy<NoDelay>,
    op: &mut dyn FnMut() -> Outcome,
) -> (Outcome, Option<GiveUp>) {
    let mut retry = policy.start_with(Recorder::default());
    loop {
        match retry.attempt_blocking(&mut *op) {
            Ok(()) => return (Ok(()), None),
            Err(error) => match retry.again(error) {
                Ok(delay) => delay.block(),
                Err(error) => return (Err(error), retry.gave_up()),
            },
        }
    }
}

fn explicit_awaited(
    policy: &Policy<NoDelay>,
    op: &mut dyn FnMut() -> Outcome,
) -> (Outcome, Option<GiveUp>) {
    ready(async {
        let mut retry = policy.start_with(Recorder::default());
        loop {
            match retry.attempt(async { op() }).await {
                Ok(()) => return (Ok(()), None),
                Err(error) => match retry.again(error) {
                    Ok(delay) => delay.await,
                    Err(error) => return (Err(error), retry.gave_up()),
                },
            }
        }
    })
}

/// The machine itself.
fn decided(policy: &Policy<NoDelay>, op: &mut dyn FnMut() -> Outcome) -> (Outcome, Option<GiveUp>) {
    let mut retry = policy.start_with(Recorder::default());
    loop {
        let outcome = retry.attempt_blocking(&mut *op);
        let Err(error) = &outcome else {
            return (outcome, None);
        };
        if let Decision::Stop(reason) = retry.decide(error.class()) {
            return (outcome, Some(reason));
        }
    }
}

const DRIVERS: [Driver; 6] = [
    blocking,
    awaited,
    in_closure,
    explicit,
    explicit_awaited,
    decided,
];

/// Every pair of drivers, the outer first.
fn pairs() -> impl Iterator<Item = (Driver, Driver)> {
    DRIVERS
        .into_iter()
        .flat_map(|outer| DRIVERS.map(|inner| (outer, inner)))
}

#[test]
fn three_layers_of_five_make_five_calls_through_every_mixture_of_drivers() {
    for (top, middle) in pairs() {
        for bottom in DRIVERS {
            let calls = Cell::new(0);
            let mut fail = || {
                calls.set(calls.get() + 1);
                Err(transient("down"))
            };
            let mut inner = || bottom(&FIVE, &mut fail).0;
            let mut around = || middle(&FIVE, &mut inner).0;
            let (outcome, reason) = top(&FIVE, &mut around);
            assert!(outcome.is_err());
            assert_eq!((calls.get(), reason), (5, Some(GiveUp::Nested)));
        }
    }
}

#[test]
fn multiply_ignores_that_a_nested_call_gave_up() {
    for (outer, inner) in pairs() {
        let calls = Cell::new(0);
        let mut fail = || {
            calls.set(calls.get() + 1);
            Err(transient("down"))
        };
        let multiply = FIVE.nested(Nested::Multiply);
        let (_, reason) = outer(&multiply, &mut || inner(&FIVE, &mut fail).0);
        assert_eq!((calls.take(), reason), (25, Some(GiveUp::Exhausted)));
        // It says so of itself, and is nested for others.
        let (_, reason) = outer(&FIVE, &mut || inner(&multiply, &mut fail).0);
        assert_eq!((calls.take(), reason), (5, Some(GiveUp::Nested)));
    }
}

#[test]
fn an_attempt_that_fails_for_its_own_reason_after_an_inner_success_is_retried() {
    for (outer, inner) in pairs() {
        let calls = Cell::new(0);
        let (_, reason) = outer(&FIVE, &mut || {
            let mut left = 4;
            inner(&FIVE, &mut || {
                calls.set(calls.get() + 1);
                left -= 1;
                if left == 0 {
                    Ok(())
                } else {
                    Err(transient("busy"))
                }
            })
            .0?;
            Err(transient("own reason"))
        });
        assert_eq!((calls.get(), reason), (5 * 4, Some(GiveUp::Exhausted)));
    }
}

#[test]
fn a_give_up_that_was_handled_does_not_count() {
    for (outer, inner) in pairs() {
        for last in DRIVERS {
            // The innermost gives up in every attempt of the middle one, which falls back to something.
            let calls = Cell::new(0);
            let (_, reason) = outer(&FIVE, &mut || {
                inner(&FIVE, &mut || {
                    let fallback = last(&FIVE, &mut || {
                        calls.set(calls.get() + 1);
                        Err(transient("down"))
                    });
                    assert!(fallback.0.is_err());
                    Ok(())
                })
                .0?;
                Err(transient("own reason"))
            });
            assert_eq!((calls.get(), reason), (5 * 5, Some(GiveUp::Exhausted)));
        }
    }
}

#[test]
fn a_handled_give_up_counts_if_its_attempt_then_fails() {
    for (outer, inner) in pairs() {
        let (_, reason) = outer(&FIVE, &mut || {
            let fallback = inner(&FIVE, &mut || Err(transient("down")));
            assert!(fallback.0.is_err());
            Err(transient("the fallback fails too"))
        });
        assert_eq!(reason, Some(GiveUp::Nested));
    }
}

#[test]
fn a_mark_is_of_one_attempt_and_not_of_the_next() {
    // Only an outer attempt that succeeds could come after a mark, so this looks from one layer above.
    for (outer, inner) in pairs() {
        let attempts = Cell::new(0);
        let (outcome, reason) = outer(&FIVE, &mut || {
            attempts.set(attempts.get() + 1);
            let ended = inner(&FIVE, &mut || match attempts.get() {
                1 => Err(transient("the inner one recovers")),
                _ => Ok(()),
            });
            assert_eq!(ended.1, (attempts.get() == 1).then_some(GiveUp::Exhausted));
            ended.0
        });
        assert!(outcome.is_err());
        assert_eq!((attempts.get(), reason), (1, Some(GiveUp::Nested)));
    }
}

#[test]
fn a_permanent_nested_failure_does_not_mark_but_forwards_a_mark() {
    for (outer, inner) in pairs() {
        // The outer call retries what the inner one does not.
        let attempts = Cell::new(0);
        let (_, reason) = outer(&FIVE, &mut || {
            attempts.set(attempts.get() + 1);
            let ended = inner(&FIVE, &mut || Err(permanent("no")));
            assert_eq!(ended.1, Some(GiveUp::NotRetryable));
            Err(transient("another way"))
        });
        assert_eq!((attempts.take(), reason), (5, Some(GiveUp::Exhausted)));

        let (_, reason) = outer(&FIVE, &mut || {
            attempts.set(attempts.get() + 1);
            let ended = inner(&FIVE, &mut || {
                assert!(blocking(&FIVE, &mut || Err(transient("down"))).0.is_err());
                Err(permanent("no"))
            });
            assert_eq!(ended.1, Some(GiveUp::NotRetryable));
            Err(transient("another way"))
        });
        assert_eq!((attempts.take(), reason), (1, Some(GiveUp::Nested)));
    }
}

/// Why the outer call ended, where the inner one gives up for this reason.
fn outer_reason<B, O, L, T>(inner: &Policy<B, O, L, T>, class: Class) -> Option<GiveUp>
where
    B: retry_core::Backoff,
    O: retry_core::Rule<Classified<&'static str>>,
    L: retry_core::BlockingLimit,
    T: retry_core::RetryBudget,
{
    let (_, report) = FIVE
        .blocking_with(Recorder::default(), || {
            let call = inner.blocking_with(Recorder::default(), || {
                Err::<(), _>(Classified::new("down", class))
            });
            let (outcome, report) = call.report();
            assert!(report.gave_up.is_some());
            outcome.map_err(|_| transient("down"))
        })
        .report();
    report.gave_up
}

#[test]
fn every_reason_but_a_permanent_failure_marks() {
    let empty = Budget::new(0.0).burst(0);
    let nested = Some(GiveUp::Nested);
    assert_eq!(outer_reason(&FIVE, Class::Transient), nested);
    let slow = BEAT.max_elapsed(ms(500));
    assert_eq!(outer_reason(&slow, Class::Transient), nested);
    assert_eq!(outer_reason(&FIVE.budget(&empty), Class::Transient), nested);
    assert_eq!(outer_reason(&FIVE, hint(secs(500))), nested);
    let permanent = outer_reason(&FIVE, Class::Permanent);
    assert_eq!(permanent, Some(GiveUp::Exhausted));
}

#[test]
fn a_policy_of_one_attempt_that_fails_has_given_up() {
    let once = FIVE.max_attempts(1);
    assert_eq!(outer_reason(&once, Class::Transient), Some(GiveUp::Nested));
}

#[test]
fn calls_in_a_task_of_their_own_are_not_nested() {
    let attempts = Cell::new(0);
    let outcome: Outcome = FIVE.run_blocking(|| {
        attempts.set(attempts.get() + 1);
        std::thread::spawn(|| FIVE.run_blocking(|| Outcome::Err(transient("down"))))
            .join()
            .unwrap()
    });
    assert!(outcome.is_err());
    assert_eq!(attempts.get(), 5);
}

const BEAT: Policy<Fixed> =
    Policy::with_backoff(Fixed::new(secs(1)).jitter(Jitter::None)).max_attempts(100);

/// When the inner call gave up, and why; and why the outer one did.
fn deadlines(outer: Option<Duration>, inner: Option<Duration>) -> (Duration, [Option<GiveUp>; 2]) {
    let timer = Recorder::default();
    let with = |deadline: Option<Duration>| {
        let rule: fn(&Given) -> bool = |_| true;
        BEAT.on_error(rule)
            .deadline(deadline.unwrap_or(Duration::MAX))
    };
    let (outer, inner) = (with(outer), with(inner));
    let of_inner = Cell::new(None);
    let call = outer.run_with(timer.clone(), async || {
        timer.advance(secs(2));
        let fail = async || Err::<(), _>(Given(ms(0)));
        let (outcome, report) = inner.run_with(timer.clone(), fail).report().await;
        of_inner.set(report.gave_up);
        outcome
    });
    let (_, report) = ready(call.report());
    (timer.time(), [of_inner.get(), report.gave_up])
}

#[test]
fn an_inner_call_does_not_outlast_the_enclosing_deadline() {
    let stopped = [Some(GiveUp::Deadline), Some(GiveUp::Nested)];
    assert_eq!(deadlines(Some(secs(5)), None), (secs(4), stopped));
    assert_eq!(deadlines(Some(secs(5)), Some(secs(60))), (secs(4), stopped));
    assert_eq!(deadlines(Some(secs(60)), Some(secs(5))), (secs(6), stopped));
    assert_eq!(deadlines(Some(secs(1)), None), (secs(2), stopped));
    let endless = [Some(GiveUp::Exhausted), Some(GiveUp::Nested)];
    assert_eq!(deadlines(None, None), (secs(2 + 99), endless));
}

/// The time limit of an attempt that was cut off.
#[derive(Debug, PartialEq)]
struct Given(Duration);

impl From<TimedOut> for Given {
    fn from(timed_out: TimedOut) -> Self {
        Self(timed_out.after())
    }
}

#[test]
fn an_inner_attempt_gets_no_more_than_the_enclosing_remaining_time() {
    let timer = Recorder::default();
    let outer = BEAT.on_error(|_: &Given| true).deadline(secs(10));
    let inner = BEAT.on_error(|_: &Given| true).attempt_timeout(secs(4));
    let given = RefCell::new(Vec::new());
    let outcome: Result<(), Given> = ready(outer.run_with(timer.clone(), || async {
        timer.advance(secs(1));
        inner
            .run_with(timer.clone(), pending)
            .on_retry(|event| given.borrow_mut().push(event.error.map(|error| error.0)))
            .await
    }));
    // 1 s, an attempt of 4 s, a wait of 1 s, and what is left.
    assert_eq!(outcome, Err(Given(secs(4))));
    assert_eq!(given.into_inner(), [Some(secs(4))]);
    assert_eq!(timer.time(), secs(10));

    let timer = Recorder::default();
    let inner = inner.deadline(ms(500));
    let outcome: Result<(), Given> =
        ready(outer.run_with(timer.clone(), || inner.run_with(timer.clone(), pending)));
    assert_eq!((outcome, timer.time()), (Err(Given(ms(500))), ms(500)));
}

#[test]
fn an_explicit_loop_sees_the_enclosing_limit() {
    let timer = Recorder::default();
    let inner = BEAT.deadline(secs(60));
    let outer = BEAT.on_error(|_: &Given| true).deadline(secs(10));
    let outcome: Result<(), Given> = ready(outer.run_with(timer.clone(), async || {
        timer.advance(secs(3));
        let retry = inner.start_with(timer.clone());
        assert_eq!(retry.attempt_limit(), Some(secs(7)));
        Ok(())
    }));
    assert_eq!(outcome, Ok(()));
    assert_eq!(inner.start_with(timer).attempt_limit(), Some(secs(60)));
}
