//! What a deadline from outside of the call does to budgets: nothing.

use std::fmt::Debug;
use std::sync::Mutex;

use retry_core::{
    AdaptiveThrottle, Class, Classified, Clock, GiveUp, NoDelay, Policy, RetryBudget, RetryQuota,
    Step, TimedOut, TokenRatio, transient,
};

use crate::common::{Recorder, ready, secs};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(9);

type Error = Classified<&'static str>;

/// Records its calls, and refuses every retry.
#[derive(Debug, Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl RetryBudget for Log {
    fn failed(&self, class: Class, _: &dyn Clock) {
        self.0.lock().unwrap().push(format!("failed: {class}"));
    }

    fn withdraw(&self, step: &Step, _: &dyn Clock) -> bool {
        self.0.lock().unwrap().push(format!("retry {}", step.retry));
        false
    }
}

/// Runs `call` in an attempt that has one second left.
fn in_an_attempt(timer: &Recorder, mut call: impl FnMut() -> Result<(), Error>) {
    let outer = POLICY.max_attempts(1).deadline(secs(1));
    let attempt = || {
        let outcome = call().map_err(|_| TimedOut::new(secs(1)));
        async move { outcome }
    };
    assert!(ready(outer.run_with(timer.clone(), attempt)).is_err());
}

/// An attempt that takes this long, and fails.
fn slow(timer: &Recorder, seconds: u64) -> Result<(), Error> {
    timer.advance(secs(seconds));
    Err(transient("slow"))
}

/// Makes one call in every driver, each in an attempt that has one second left.
fn in_every_driver<T: RetryBudget + Copy>(budget: T, seconds: u64, mut after: impl FnMut(&str)) {
    let timer = Recorder::default();
    let policy = POLICY.budget(budget);

    in_an_attempt(&timer, || {
        let call = policy.blocking_with(timer.clone(), || slow(&timer, seconds));
        call.call()
    });
    after("blocking");

    in_an_attempt(&timer, || {
        ready(policy.run_with(timer.clone(), async || slow(&timer, seconds)))
    });
    after("run");

    in_an_attempt(&timer, || {
        let mut retry = policy.start_with(timer.clone());
        let outcome = retry.attempt_blocking(|| slow(&timer, seconds));
        retry.again(outcome.unwrap_err()).map(drop)
    });
    after("again");

    in_an_attempt(&timer, || {
        let mut retry = policy.start_with(timer.clone());
        let error = retry
            .attempt_blocking(|| slow(&timer, seconds))
            .unwrap_err();
        retry.stop(&error);
        Err(error)
    });
    after("stop");

    in_an_attempt(&timer, || {
        let mut retry = policy.start_with(timer.clone());
        let outcome = retry.attempt_blocking(|| slow(&timer, seconds));
        let _ = retry.decide(Class::Transient);
        outcome
    });
    after("decide");
}

#[test]
fn a_failure_that_a_deadline_from_outside_caused_is_reported_to_no_budget() {
    let log = Log::default();
    let none: [&str; 0] = [];
    in_every_driver(&log, 2, |driver| assert_eq!(log.take(), none, "{driver}"));
    // To the nanosecond: an attempt that is cut off ends at its deadline.
    in_every_driver(&log, 1, |driver| assert_eq!(log.take(), none, "{driver}"));
}

#[test]
fn a_failure_before_the_deadline_from_outside_is_reported() {
    let log = Log::default();
    in_every_driver(&log, 0, |driver| {
        let noted = log.take();
        assert_eq!(noted[0], "failed: transient", "{driver}");
    });
}

/// Budgets of every kind, before and after callers whose own time was too short.
#[track_caller]
fn unchanged<T: RetryBudget, S: PartialEq + Debug>(budget: &T, state: impl Fn(&T) -> S) {
    let before = state(budget);
    for _ in 0..100 {
        in_every_driver(budget, 2, |_| {});
    }
    assert_eq!(state(budget), before);
}

#[test]
fn callers_in_a_hurry_do_not_use_up_the_retries_of_others() {
    unchanged(&TokenRatio::new(10, 0.1), TokenRatio::thousandths);
    unchanged(&RetryQuota::aws_standard(), RetryQuota::available);
    let full = retry_core::Budget::new(0.0);
    unchanged(&full, retry_core::Budget::available);

    // A throttle that counted one of them would drop this retry with some probability.
    let (adaptive, clock) = (AdaptiveThrottle::new(2.0), Recorder::default());
    unchanged(&adaptive, |throttle| {
        (0..500).all(|seed| throttle.withdraw(&Step::new(1, None, Class::Transient, seed), &clock))
    });
}

#[test]
fn the_budget_of_one_call_does_not_count_it_either() {
    let (own, timer) = (Log::default(), Recorder::default());
    in_an_attempt(&timer, || {
        let mut retry = POLICY.start_with(timer.clone()).budget(&own);
        retry.again(slow(&timer, 2).unwrap_err()).map(drop)
    });
    assert!(own.take().is_empty());
}

/// The limits that the call set itself are how it finds out that a server hangs.
#[test]
fn limits_of_the_own_policy_count() {
    let (log, timer) = (Log::default(), Recorder::default());
    let policy = POLICY.max_elapsed(secs(1)).budget(&log);
    let call = policy.blocking_with(timer.clone(), || slow(&timer, 2));
    assert!(call.call().is_err());
    assert_eq!(log.take(), ["failed: transient"]);

    let policy = POLICY.budget(&log).attempt_timeout(secs(1));
    let hangs = || std::future::pending::<Result<(), TimedOut>>();
    assert!(ready(policy.run_with(timer.clone(), hangs)).is_err());
    assert_eq!(log.take(), ["failed: transient", "retry 1"]);
}

/// A server that is down is no matter of whose deadline comes next.
#[test]
fn a_failure_that_leaves_no_time_for_a_retry_still_counts() {
    let (log, timer) = (Log::default(), Recorder::default());
    let policy = Policy::fixed(secs(5)).seed(1).budget(&log);
    in_an_attempt(&timer, || {
        let mut retry = policy.start_with(timer.clone());
        let outcome = retry.again(transient("down"));
        assert_eq!(retry.gave_up(), Some(GiveUp::Deadline));
        outcome.map(drop)
    });
    assert_eq!(log.take(), ["failed: transient"]);
}

#[test]
fn a_call_that_is_dropped_is_no_request_that_was_not_accepted() {
    let (throttle, clock) = (AdaptiveThrottle::new(2.0), Recorder::default());
    let policy = POLICY.budget(&throttle);
    for _ in 0..100 {
        let _dropped = policy.start_with(clock.clone());
    }
    let step = |seed| Step::new(1, None, Class::Transient, seed);
    assert!((0..500).all(|seed| throttle.withdraw(&step(seed), &clock)));
}
