//! Hooks: what `until`, `on_retry` and `on_give_up` receive, when, and what it costs not to have them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use retry_core::{
    BlockingTimer, Class, Classified, Clock, Fixed, GiveUp, GiveUpEvent, Jitter, Moment, Policy,
    RetryEvent, Timer, permanent, throttled, transient,
};

use crate::common::{Recorder, hint, ms, ready, secs};

const POLICY: Policy<Fixed> =
    Policy::with_backoff(Fixed::new(ms(100)).jitter(Jitter::None)).max_attempts(3);

type Failure = Classified<&'static str>;

/// An event of either kind, whole.
#[derive(Debug, PartialEq)]
struct Noted {
    name: &'static str,
    attempt: u32,
    max_attempts: u32,
    error: Option<Failure>,
    class: Class,
    next: Result<Duration, GiveUp>,
    elapsed: Duration,
    slept: Duration,
}

impl From<&RetryEvent<'_, Failure>> for Noted {
    fn from(event: &RetryEvent<'_, Failure>) -> Self {
        Self {
            name: event.name,
            attempt: event.attempt,
            max_attempts: event.max_attempts,
            error: event.error.copied(),
            class: event.class,
            next: Ok(event.delay),
            elapsed: event.elapsed,
            slept: event.slept,
        }
    }
}

impl From<&GiveUpEvent<'_, Failure>> for Noted {
    fn from(event: &GiveUpEvent<'_, Failure>) -> Self {
        Self {
            name: event.name,
            attempt: event.attempts,
            max_attempts: event.max_attempts,
            error: event.error.copied(),
            class: event.class,
            next: Err(event.reason),
            elapsed: event.elapsed,
            slept: event.slept,
        }
    }
}

/// Both drivers with hooks, on the same attempts, each of which takes 7 ms: the events of the hooks.
#[track_caller]
fn noted(
    attempts: &[Result<u32, Failure>],
    until: impl Fn(&u32) -> bool + Copy,
) -> (Result<u32, Failure>, Vec<Noted>) {
    let went = |awaited: bool| {
        let (timer, log) = (Recorder::default(), RefCell::new(Vec::new()));
        let mut script = attempts.iter();
        let mut attempt = || {
            timer.advance(ms(7));
            *script.next().expect("no more attempts than scripted")
        };
        let on_retry = |event: &RetryEvent<'_, Failure>| {
            // Before the wait: the clock has the time at which the attempt ended.
            assert_eq!(timer.time(), event.elapsed);
            log.borrow_mut().push(Noted::from(event));
        };
        let on_give_up =
            |event: &GiveUpEvent<'_, Failure>| log.borrow_mut().push(Noted::from(event));
        let outcome = if awaited {
            let call = POLICY.run_with(&timer, || std::future::ready(attempt()));
            ready(call.until(until).on_retry(on_retry).on_give_up(on_give_up))
        } else {
            let call = POLICY.blocking_with(&timer, attempt).on_give_up(on_give_up);
            call.on_retry(on_retry).until(until).call()
        };
        (outcome, log.into_inner())
    };
    let awaited = went(true);
    assert_eq!(awaited, went(false));
    awaited
}

#[test]
fn hooks_receive_every_event_of_a_call_that_gives_up() {
    let slow_down = throttled("slow down", ms(300));
    let down = transient("down");
    let (outcome, noted) = noted(&[Err(down), Err(slow_down), Err(down)], |_| true);
    assert_eq!(outcome, Err(down));
    let event = |attempt, error: Failure, next, elapsed, slept| Noted {
        name: "unnamed",
        attempt,
        max_attempts: 3,
        error: Some(error),
        class: error.class(),
        next,
        elapsed: ms(elapsed),
        slept: ms(slept),
    };
    assert_eq!(
        noted,
        [
            event(1, down, Ok(ms(100)), 7, 0),
            event(2, slow_down, Ok(ms(300)), 114, 100),
            event(3, down, Err(GiveUp::Exhausted), 421, 400),
        ]
    );
}

#[test]
fn a_final_error_is_reported_at_once() {
    let gone = permanent("gone");
    let (outcome, noted) = noted(&[Err(gone)], |_| true);
    assert_eq!(outcome, Err(gone));
    let [event] = noted.as_slice() else {
        panic!("{noted:?}")
    };
    assert_eq!(
        (event.attempt, event.error, event.class),
        (1, Some(gone), Class::Permanent)
    );
    assert_eq!(
        (event.next, event.elapsed),
        (Err(GiveUp::NotRetryable), ms(7))
    );
}

#[test]
fn a_success_calls_no_hook() {
    let (outcome, noted) = noted(&[Ok(1)], |_| true);
    assert_eq!((outcome, noted), (Ok(1), vec![]));
}

#[test]
fn a_value_that_is_not_accepted_is_transient_and_the_last_one_comes_back() {
    let (outcome, noted) = noted(&[Ok(1), Ok(2), Ok(3)], |value| *value > 3);
    assert_eq!(outcome, Ok(3));
    let seen: Vec<_> = noted
        .iter()
        .map(|event| (event.error, event.class, event.next))
        .collect();
    let transient = Class::Transient;
    let exhausted = Err(GiveUp::Exhausted);
    assert_eq!(
        seen,
        [
            (None, transient, Ok(ms(100))),
            (None, transient, Ok(ms(100))),
            (None, transient, exhausted)
        ]
    );
}

#[test]
fn polling_ends_with_the_first_value_that_is_accepted() {
    let (outcome, noted) = noted(&[Ok(1), Err(transient("down")), Ok(4)], |value| *value > 3);
    assert_eq!(outcome, Ok(4));
    assert_eq!(noted.len(), 2);
}

#[test]
fn an_error_ends_polling_as_it_ends_any_call() {
    let (outcome, noted) = noted(&[Ok(1), Err(permanent("gone"))], |value| *value > 3);
    assert_eq!(outcome, Err(permanent("gone")));
    assert_eq!(noted[1].next, Err(GiveUp::NotRetryable));
}

#[test]
fn a_report_of_polling_says_why_an_ok_value_came_back() {
    let timer = Recorder::default();
    let call = POLICY.run_with(&timer, async || Ok::<_, Failure>(1));
    let (outcome, report) = ready(call.until(|value| *value > 3).report());
    assert_eq!(outcome, Ok(1));
    assert_eq!(
        (report.attempts, report.gave_up),
        (3, Some(GiveUp::Exhausted))
    );
    assert_eq!((report.slept, report.elapsed), (ms(200), ms(200)));
}

#[test]
fn a_hint_that_is_not_obeyed_is_reported_with_its_class() {
    let (_, noted) = noted(&[Err(throttled("later", secs(600)))], |_| true);
    assert_eq!(noted[0].class, hint(secs(600)));
    assert_eq!(noted[0].next, Err(GiveUp::HintTooLong));
}

/// Hooks and reports work with one another, in any order.
#[test]
fn a_report_is_returned_in_addition_to_hooks() {
    let timer = Recorder::default();
    let retries = RefCell::new(0);
    let (outcome, report) = POLICY
        .blocking_with(&timer, || Err::<(), _>(transient("down")))
        .on_retry(|_| *retries.borrow_mut() += 1)
        .report();
    assert_eq!(outcome, Err(transient("down")));
    assert_eq!((retries.into_inner(), report.attempts), (2, 3));
}

/// So `E: !Send` does not make a call's future `!Send`, and what an error holds is free to be used again.
#[test]
fn no_error_is_held_during_a_wait() {
    /// Counts how many of it there are.
    struct Held(Rc<Cell<u32>>);

    impl Held {
        fn new(alive: &Rc<Cell<u32>>) -> Self {
            alive.set(alive.get() + 1);
            Self(alive.clone())
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }

    let policy = Policy::fixed(ms(1)).seed(1).on_error(|_: &Held| true);
    let timer = Watching::default();
    let fail = || Err::<(), _>(Held::new(&timer.alive));
    drop(ready(policy.run_with(&timer, async || fail())));
    drop(policy.blocking_with(&timer, fail).call());
    assert_eq!(timer.waits.get(), 4);
}

/// A timer that sees to it, whenever something waits, that nothing is alive.
#[derive(Clone, Default)]
struct Watching {
    alive: Rc<Cell<u32>>,
    waits: Rc<Cell<u32>>,
}

impl Clock for Watching {
    fn now(&self) -> Moment {
        Moment::EPOCH
    }
}

impl BlockingTimer for Watching {
    fn block(&self, _: Duration) {
        assert_eq!(self.alive.get(), 0);
        self.waits.set(self.waits.get() + 1);
    }
}

impl Timer for Watching {
    type Sleep = std::pin::Pin<Box<dyn Future<Output = ()>>>;

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        let watching = self.clone();
        Box::pin(async move { watching.block(duration) })
    }
}

#[test]
fn a_callers_loop_has_the_same_events_and_report() {
    let errors = [
        transient("down"),
        throttled("slow down", ms(300)),
        permanent("gone"),
    ];
    let (_, expected) = noted(&errors.map(Err), |_| true);

    let (timer, log) = (Recorder::default(), RefCell::new(Vec::new()));
    let mut retry = POLICY
        .start_with(&timer)
        .on_retry(|event: &RetryEvent<'_, Failure>| log.borrow_mut().push(Noted::from(event)))
        .on_give_up(|event: &GiveUpEvent<'_, Failure>| log.borrow_mut().push(Noted::from(event)));
    for error in errors {
        timer.advance(ms(7));
        match retry.again(error) {
            Ok(delay) => delay.block(),
            Err(same) => assert_eq!(same, error),
        }
    }
    let report = retry.report();
    assert_eq!(
        (
            report.attempts,
            report.elapsed,
            report.slept,
            report.gave_up
        ),
        (3, ms(421), ms(400), Some(GiveUp::NotRetryable))
    );
    drop(retry);
    assert_eq!(log.into_inner(), expected);
}

#[test]
fn a_loop_that_can_go_no_further_ends_the_call_as_failed() {
    let (timer, log) = (Recorder::default(), RefCell::new(Vec::new()));
    let mut retry = POLICY
        .start_with(&timer)
        .on_give_up(|event: &GiveUpEvent<'_, Failure>| log.borrow_mut().push(Noted::from(event)));
    let lost = transient("lost");
    retry.stop(&lost);
    assert_eq!(retry.gave_up(), Some(GiveUp::NotRetryable));
    // The policy would have gone on.
    assert_eq!(retry.again(lost).map(|delay| delay.duration()), Err(lost));
    drop(retry);
    let noted = log.into_inner();
    assert_eq!(
        (noted[0].error, noted[0].class),
        (Some(lost), Class::Transient)
    );
    assert_eq!(noted[0].next, Err(GiveUp::NotRetryable));
}
