//! What each setting can change, and what it cannot.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;

use retryable::config::not_applied;
use retryable::{
    Backoff, Budget, BudgetedPolicy, Decorrelated, Exponential, Fixed, GiveUp, Linear, Nested, On,
    Policy, Report, Step, TimedOut, VirtualTimer, ambiguous, refused, retryable, throttled,
    transient,
};

use crate::support::{Error, block_on, down, installed};

const MS: Duration = Duration::from_millis(1);

/// The report of a call that fails each time.
fn report<B: Backoff>(policy: &Policy<B>) -> Report {
    let call = policy.blocking_with(VirtualTimer::new(), down::<()>);
    call.report().1
}

/// The keys that were reported.
fn keys() -> Vec<&'static str> {
    not_applied().iter().map(|entry| entry.key).collect()
}

#[test]
fn the_numbers_of_a_built_in_shape() {
    let first = installed("shape(base=7ms, jitter=none)");
    let slept = |report: Report| report.slept;
    assert_eq!(slept(report(&Policy::new().name("shape"))), 21 * MS);
    assert_eq!(slept(report(&Policy::fixed(MS).name("shape"))), 14 * MS);
    let linear = Policy::with_backoff(Linear::new(MS)).name("shape");
    assert_eq!(slept(report(&linear)), 21 * MS);
    assert_eq!(keys(), [""; 0]);

    drop(first);
    let _installed = installed("shape(factor=3, cap=200ms, jitter=none)");
    assert_eq!(slept(report(&Policy::new().name("shape"))), 300 * MS);
}

#[test]
fn a_number_that_the_shape_does_not_use_is_reported() {
    let _installed = installed("unused(factor=3, cap=200ms, base=5ms)");
    assert_eq!(report(&Policy::fixed(MS).name("unused")).slept, 10 * MS);
    assert_eq!(keys(), ["factor", "cap"]);
    let decorrelated = Policy::with_backoff(Decorrelated::new(MS)).name("unused");
    assert!(report(&decorrelated).slept >= 10 * MS);
}

#[test]
fn a_cap_below_the_first_delay_changes_nothing() {
    let _installed = installed("caps(cap=50ms, jitter=none)");
    assert_eq!(report(&Policy::new().name("caps")).slept, 300 * MS);
    assert_eq!(keys(), ["cap"]);
}

#[test]
fn a_shape_of_the_user_is_not_changed() {
    struct Own;

    impl Backoff for Own {
        fn delay(&self, _: &Step) -> Option<Duration> {
            Some(MS)
        }
    }

    let _installed = installed("own(base=1s, jitter=none, max=2)");
    assert_eq!(report(&Policy::with_backoff(Own).name("own")).slept, MS);
    assert_eq!(
        report(&Policy::with_backoff([MS, MS]).name("own")).slept,
        MS
    );
    assert_eq!(keys(), ["base", "jitter"]);
}

#[test]
fn a_built_in_shape_behind_a_pointer_is_changed() {
    #[retryable(backoff = Exponential::new(Duration::ZERO).jitter(retryable::Jitter::None), name = "behind", max = 2)]
    async fn annotated() -> Result<(), Error> {
        down()
    }

    let _installed = installed("behind(base=1ms)");
    let shape: Box<dyn Backoff> = Box::new(Fixed::new(Duration::ZERO));
    assert_eq!(
        report(&Policy::with_backoff(shape).name("behind")).slept,
        2 * MS
    );
    let begun = std::time::Instant::now();
    assert!(block_on(annotated()).is_err());
    assert!(begun.elapsed() >= MS);
}

#[test]
fn the_ladder_can_only_be_lowered() {
    let attempts = |on: On, error: fn(&'static str) -> Error| {
        let policy = Policy::fixed(Duration::ZERO).on(on).name("ladder");
        policy
            .blocking(|| Err::<(), _>(error("down")))
            .report()
            .1
            .attempts
    };
    let installed_refused = installed("ladder(on=refused)");
    assert_eq!(attempts(On::Transient, transient), 1);
    assert_eq!(attempts(On::Any, ambiguous), 1);
    assert_eq!(attempts(On::Any, refused), 3);
    assert_eq!(keys(), [""; 0]);
    drop(installed_refused);

    let _installed = installed("ladder(on=any)");
    assert_eq!(attempts(On::Refused, transient), 1);
    assert_eq!(attempts(On::Transient, ambiguous), 1);
    assert_eq!(attempts(On::Any, ambiguous), 3);
    assert_eq!(keys(), ["on"]);
}

#[test]
fn a_classifier_is_not_overridden() {
    let _installed = installed("classifier(on=refused)");
    let policy = Policy::fixed(Duration::ZERO)
        .name("classifier")
        .on_error(|_: &Error| true);
    assert_eq!(policy.blocking(down::<()>).report().1.attempts, 3);
    assert_eq!(keys(), ["on"]);
}

#[test]
fn retries_do_not_appear_where_the_code_has_none() {
    let _installed = installed("once(max=5)");
    assert_eq!(
        report(&Policy::new().max_attempts(1).name("once")).attempts,
        1
    );
    assert_eq!(report(&Policy::new().name("once")).attempts, 5);
    assert_eq!(keys(), ["max"]);
}

#[test]
fn a_budget_still_limits_the_retries() {
    static EMPTY: Budget = Budget::new(0.0).burst(1);
    static POLICY: BudgetedPolicy = Policy::with_budget(&EMPTY).name("budgeted");

    let _installed = installed("budgeted(max=100)");
    let (_, report) = POLICY
        .blocking_with(VirtualTimer::new(), down::<()>)
        .report();
    assert_eq!((report.attempts, report.gave_up), (2, Some(GiveUp::Budget)));
}

#[test]
fn the_time_in_which_attempts_begin() {
    #[retryable(base = "1ms", jitter = "none", max = 100, name = "elapsed")]
    fn without_a_clock() -> Result<(), Error> {
        down()
    }

    let _installed = installed("elapsed(max_elapsed=1s)");
    let fixed = Policy::fixed(300 * MS).max_attempts(100).name("elapsed");
    let expected = (4, Some(GiveUp::MaxElapsed));
    let given = report(&fixed);
    assert_eq!((given.attempts, given.gave_up), expected);
    let given = fixed.max_elapsed(Duration::from_secs(60));
    let (_, given) = given
        .blocking_with(VirtualTimer::new(), down::<()>)
        .report();
    assert_eq!((given.attempts, given.gave_up), expected);

    // 1, 2, 4, … ms: the tenth wait would end after a second.
    let record = retryable::testing::record(|| {
        let _quick = retryable::testing::no_delay();
        without_a_clock()
    });
    assert_eq!(record.1.attempts(), 10);
}

#[test]
fn a_hint_that_is_too_long() {
    let _installed = installed("hints(max_retry_after=1s)");
    let policy = Policy::new().name("hints");
    let call = policy.blocking(|| Err::<(), _>(throttled("busy", Some(Duration::from_secs(2)))));
    assert_eq!(call.report().1.gave_up, Some(GiveUp::HintTooLong));
}

#[test]
fn nested_retries() {
    let _installed = installed("outer(nested=multiply)");
    let inner = Policy::fixed(Duration::ZERO);
    let outer = inner.name("outer").nested(Nested::Stop);
    let call = || inner.run_blocking(down::<()>);
    assert_eq!(outer.blocking(call).report().1.attempts, 3);
}

#[test]
fn limits_of_calls_that_have_one() {
    #[retryable(attempt_timeout = "60s", max = 1, name = "limits")]
    async fn without_a_clock() -> Result<(), TimedOut> {
        assert!(retryable::attempt().unwrap().remaining().unwrap() <= Duration::from_secs(1));
        std::future::pending().await
    }

    let elapsed = |policy: Policy<Fixed, On, retryable::TimeLimit>| {
        let runtime = paused();
        runtime.block_on(async {
            let (_, report) = policy
                .run(std::future::pending::<Result<(), TimedOut>>)
                .report()
                .await;
            report.elapsed
        })
    };
    let fixed = Policy::fixed(Duration::ZERO).max_attempts(2).name("limits");
    let first = installed("limits(deadline=1s)");
    assert_eq!(elapsed(fixed.deadline(60_000 * MS)), 1000 * MS);
    assert_eq!(elapsed(fixed.attempt_timeout(60_000 * MS)), 1000 * MS);
    let runtime = paused();
    assert_eq!(
        runtime.block_on(without_a_clock()),
        Err(TimedOut::new(1000 * MS))
    );
    assert_eq!(keys(), [""; 0]);

    drop(first);
    let _installed = installed("limits(attempt_timeout=1s)");
    assert_eq!(elapsed(fixed.deadline(60_000 * MS)), 2000 * MS);
    assert_eq!(elapsed(fixed.attempt_timeout(60_000 * MS)), 2000 * MS);
}

/// Polls a call once, and again after 10 s, in the middle of its wait. Returns how many attempts began.
fn attempts_of_a_late_call<F: Future<Output = Result<(), TimedOut>>>(
    call: impl FnOnce(Arc<AtomicU32>) -> F,
) -> u32 {
    let attempts = Arc::new(AtomicU32::new(0));
    let call = call(Arc::clone(&attempts));
    paused().block_on(async {
        let mut call = pin!(call);
        let first = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending()));
        assert!(first.await, "the call waits");
        tokio::time::advance(10_000 * MS).await;
        assert!(call.await.is_err());
    });
    attempts.load(Relaxed)
}

#[test]
fn no_attempt_begins_if_a_wait_ends_after_an_overridden_max_elapsed() {
    #[retryable(
        attempt_timeout = "60s",
        backoff = "fixed",
        base = "1s",
        name = "late_wait"
    )]
    async fn annotated(attempts: Arc<AtomicU32>) -> Result<(), TimedOut> {
        attempts.fetch_add(1, Relaxed);
        Err(TimedOut::new(MS))
    }

    let _installed = installed("late_wait(max_elapsed=5s)");
    assert_eq!(attempts_of_a_late_call(annotated), 1);
    let policy = Policy::fixed(1000 * MS).name("late_wait");
    let limited = policy.attempt_timeout(60_000 * MS);
    let once = |attempts: &AtomicU32| {
        attempts.fetch_add(1, Relaxed);
        Err(TimedOut::new(MS))
    };
    let run =
        |attempts: Arc<AtomicU32>| async move { limited.run(|| async { once(&attempts) }).await };
    assert_eq!(attempts_of_a_late_call(run), 1);
}

#[test]
fn limits_of_calls_that_have_none_change_nothing() {
    let _installed = installed("unlimited(deadline=1ms, attempt_timeout=1ms)");
    let policy = Policy::fixed(1000 * MS).name("unlimited");
    assert_eq!(report(&policy).slept, 2000 * MS);
    let retry = policy.start();
    assert_eq!(retry.attempt_limit(), None);
    assert_eq!(keys(), ["attempt_timeout", "deadline"]);
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

#[test]
fn a_test_mode_can_still_lower_the_maximum() {
    let _installed = installed("modes(max=9)");
    let policy = Policy::fixed(Duration::ZERO).name("modes");
    let few = retryable::testing::max_attempts(2);
    assert_eq!(report(&policy).attempts, 2);
    drop(few);
    assert_eq!(report(&policy).attempts, 9);
}
