//! Observers that do what they should not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use retryable::observe::{AlreadySet, Called, GaveUp, Observer, Recovered, Retrying, set_observer};
use retryable::{
    Attempt, Budget, Classified, Clock, GiveUp, Moment, NoDelay, Policy, attempt, retryable,
    transient,
};

use super::support::observed;

type Outcome = Result<u32, Classified<&'static str>>;

fn fails() -> Outcome {
    Err(transient("down"))
}

struct Panics;

impl Observer for Panics {
    fn retrying(&self, _: &Retrying<'_>) {
        panic!("an observer");
    }
}

#[test]
fn a_second_observer_of_the_process_is_an_error() {
    let _ = observed(|| ());
    let error: AlreadySet = set_observer(&Panics).expect_err("the tests have one");
    assert_eq!(
        error.to_string(),
        "the observer of the process is set already"
    );
}

#[test]
fn a_panic_reaches_the_caller_and_the_budget_counts_the_retry() {
    static BUDGET: Budget = Budget::new(0.0).burst(2);
    let policy = Policy::with_backoff(NoDelay)
        .max_attempts(9)
        .budget(&BUDGET);
    let call = || policy.observer(&Panics).run_blocking(fails);
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    // One of two retries is spent.
    let (_, report) = policy.blocking(fails).report();
    assert_eq!(report.attempts, 2);
}

/// Panics in the method with this name.
struct PanicsIn(&'static str);

impl PanicsIn {
    fn panic(&self, method: &str) {
        assert_ne!(self.0, method, "an observer");
    }
}

impl Observer for PanicsIn {
    fn retrying(&self, _: &Retrying<'_>) {
        self.panic("retrying");
    }

    fn gave_up(&self, _: &GaveUp<'_>) {
        self.panic("gave_up");
    }

    fn recovered(&self, _: &Recovered<'_>) {
        self.panic("recovered");
    }

    fn called(&self, _: &Called<'_>) {
        self.panic("called");
    }
}

#[test]
fn a_panic_in_any_method_leaves_nothing_of_the_call_on_its_thread() {
    static RETRYING: PanicsIn = PanicsIn("retrying");
    static GAVE_UP: PanicsIn = PanicsIn("gave_up");
    static RECOVERED: PanicsIn = PanicsIn("recovered");
    static CALLED: PanicsIn = PanicsIn("called");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    for observer in [&RETRYING, &GAVE_UP, &RECOVERED, &CALLED] {
        let policy = Policy::with_backoff(NoDelay).observer(observer);
        let recovers = observer.0 == "recovered";
        let attempt = || match attempt().map(Attempt::number) {
            Some(2) if recovers => Ok(7),
            _ => fails(),
        };
        let blocking = || policy.run_blocking(attempt);
        let awaited = || runtime.block_on(policy.run(async || attempt()).into_future());
        let calls: [&dyn Fn() -> Outcome; 2] = [&blocking, &awaited];
        for call in calls {
            assert!(
                catch_unwind(AssertUnwindSafe(call)).is_err(),
                "{}",
                observer.0
            );
            assert!(retryable::attempt().is_none());
            // Neither the number nor a give-up of the call that panicked reaches the next one.
            let (_, report) = Policy::with_backoff(NoDelay).blocking(fails).report();
            assert_eq!(
                (report.attempts, report.gave_up),
                (3, Some(GiveUp::Exhausted))
            );
        }
    }
}

struct Blocks(AtomicBool);

impl Observer for Blocks {
    fn retrying(&self, _: &Retrying<'_>) {
        if !self.0.swap(true, Relaxed) {
            thread::park_timeout(Duration::from_secs(60));
        }
    }
}

#[test]
fn an_observer_that_blocks_holds_up_its_own_call_only() {
    static BLOCKS: Blocks = Blocks(AtomicBool::new(false));
    let policy = Policy::with_backoff(NoDelay).observer(&BLOCKS);
    let blocked = thread::spawn(move || policy.run_blocking(fails));
    while !BLOCKS.0.load(Relaxed) {
        thread::yield_now();
    }
    assert!(policy.run_blocking(fails).is_err());
    assert!(!blocked.is_finished());
    blocked.thread().unpark();
    assert!(blocked.join().expect("no panic").is_err());
}

static INNER: AtomicU32 = AtomicU32::new(0);

#[retryable(backoff = "none")]
fn inner() -> Outcome {
    match INNER.fetch_add(1, Relaxed) {
        0 => Err(transient("the first one fails")),
        number => Ok(number),
    }
}

struct Calls;

impl Observer for Calls {
    fn retrying(&self, _: &Retrying<'_>) {
        assert!(inner().is_ok());
    }
}

#[test]
fn an_observer_may_make_a_retried_call() {
    let policy = Policy::with_backoff(NoDelay).name("outer").observer(&Calls);
    let (outcome, seen) = observed(|| policy.run_blocking(fails));
    assert!(outcome.is_err());
    let names: Vec<_> = seen
        .iter()
        .map(|line| line.split(['/']).next().expect("a word"))
        .collect();
    assert_eq!(
        names,
        [
            "retrying inner 1",
            "recovered inner 2",
            "retrying outer 1",
            "retrying outer 2",
            "gave up outer 3"
        ]
    );
}

struct Counted<'c>(&'c AtomicU32);

impl Clock for Counted<'_> {
    fn now(&self) -> Moment {
        self.0.fetch_add(1, Relaxed);
        Moment::EPOCH
    }
}

#[test]
fn an_observer_does_not_make_a_call_read_the_clock() {
    let reads = AtomicU32::new(0);
    let policy = Policy::with_backoff(NoDelay);
    let ((), seen) = observed(|| {
        let mut retry = policy.start_with(Counted(&reads));
        for _ in 0..3 {
            retry.stop(&transient("down"));
        }
    });
    assert_eq!((seen.len(), reads.into_inner()), (3, 0));
}
