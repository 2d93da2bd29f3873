//! `Retry::budget`: a budget of one call, in addition to that of its policy.

use std::sync::Mutex;

use retry_core::{
    Budget, Class, Clock, Decision, GiveUp, NoDelay, Policy, RetryBudget, Step, permanent,
    transient,
};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(9);

/// Records its calls, and grants so many retries.
#[derive(Default)]
struct Log {
    noted: Mutex<Vec<String>>,
    left: Mutex<u32>,
}

impl Log {
    fn of(retries: u32) -> Self {
        let left = Mutex::new(retries);
        let noted = Mutex::default();
        Self { noted, left }
    }

    fn note(&self, what: impl Into<String>) {
        self.noted.lock().unwrap().push(what.into());
    }

    fn noted(&self) -> Vec<String> {
        self.noted.lock().unwrap().clone()
    }
}

impl RetryBudget for Log {
    fn call(&self, _: &dyn Clock) {
        self.note("call");
    }

    fn succeeded(&self, retried: Option<Class>, _: &dyn Clock) {
        self.note(format!("succeeded after {retried:?}"));
    }

    fn failed(&self, class: Class, _: &dyn Clock) {
        self.note(format!("failed: {class}"));
    }

    fn withdraw(&self, step: &Step, _: &dyn Clock) -> bool {
        self.note(format!("retry {}", step.retry));
        let mut left = self.left.lock().unwrap();
        let allowed = *left > 0;
        *left = left.saturating_sub(1);
        allowed
    }
}

#[test]
fn the_budget_of_the_call_and_that_of_the_policy_receive_the_same() {
    let (shared, own) = (Log::of(9), Log::of(9));
    let policy = POLICY.budget(&shared);
    let mut retry = policy.start().budget(&own);
    assert!(retry.again(transient("busy")).is_ok());
    retry.succeeded();
    let noted = [
        "call",
        "failed: transient",
        "retry 1",
        "succeeded after Some(Transient)",
    ];
    assert_eq!(own.noted(), noted);
    assert_eq!(shared.noted(), noted);
}

#[test]
fn a_loop_that_cannot_continue_reports_the_failure_once() {
    let (shared, own) = (Log::of(9), Log::of(9));
    let policy = POLICY.budget(&shared);
    let mut retry = policy.start().budget(&own);
    retry.stop(&transient("lost"));
    assert!(retry.again(transient("lost")).is_err());
    retry.stop(&transient("lost"));
    assert_eq!(own.noted(), ["call", "failed: transient"]);
    assert_eq!(shared.noted(), own.noted());

    // As with any failure that the policy does not retry.
    let final_one = Log::of(9);
    let policy = POLICY.budget(&final_one);
    policy.start().stop(&permanent("gone"));
    assert_eq!(final_one.noted(), ["call"]);
}

#[test]
fn a_retry_needs_both() {
    for (of_policy, of_call) in [(0, 9), (9, 0), (2, 9), (9, 2), (2, 2)] {
        let (shared, own) = (Log::of(of_policy), Log::of(of_call));
        let policy = POLICY.budget(&shared);
        let mut retry = policy.start().budget(&own);
        let fewer = of_policy.min(of_call);
        for _ in 0..fewer {
            assert!(matches!(retry.decide(Class::Transient), Decision::Wait(_)));
        }
        let stopped = retry.decide(Class::Transient);
        assert_eq!(stopped, Decision::Stop(GiveUp::Budget));
    }
}

#[test]
fn the_token_of_the_calls_budget_is_spent_if_that_of_the_policy_is_empty() {
    let (shared, own) = (Budget::new(0.0).burst(0), Budget::new(0.0).burst(2));
    let policy = POLICY.budget(&shared);
    let mut retry = policy.start().budget(&own);
    assert!(retry.again(transient("busy")).is_err());
    assert_eq!((shared.available(), own.available()), (0, 1));

    let policy = POLICY.budget(&own);
    let mut retry = policy.start().budget(&shared);
    assert!(retry.again(transient("busy")).is_err());
    assert_eq!((shared.available(), own.available()), (0, 1));
}

#[test]
fn a_call_without_its_own_budget_has_that_of_its_policy() {
    let empty = Budget::new(0.0).burst(1);
    let policy = POLICY.budget(&empty);
    let mut retry = policy.start();
    assert!(retry.again(transient("busy")).is_ok());
    assert_eq!(
        retry.again(transient("busy")).unwrap_err(),
        transient("busy")
    );
    assert_eq!(retry.gave_up(), Some(GiveUp::Budget));
}

#[test]
fn a_budget_that_is_set_before_the_hooks_stays() {
    let own = Log::of(1);
    let retries = Mutex::new(0);
    let mut retry = POLICY
        .start()
        .budget(&own)
        .on_retry(|_: &retry_core::RetryEvent<'_, _>| *retries.lock().unwrap() += 1)
        .timed();
    assert!(retry.again(transient("busy")).is_ok());
    assert!(retry.again(transient("busy")).is_err());
    assert_eq!(
        (retry.gave_up(), *retries.lock().unwrap()),
        (Some(GiveUp::Budget), 1)
    );
}
