//! Policies are values and calls are futures: `const`, `Copy`, `Send`, boxed, shared, dynamic.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use retry_core::{
    Backoff, Budget, BudgetedPolicy, Class, Classified, Decorrelated, Exponential, Fibonacci,
    Fixed, GiveUp, Jitter, Linear, Nested, NoDelay, On, Policy, Retry, RetryBudget, Rule, Step,
    TimeLimit, VirtualTimer, backoff, refused, transient,
};

use crate::common::{Recorder, ms, ready, secs};

const EVERYTHING: Policy<Exponential, On, TimeLimit> = Policy::with_backoff(
    Exponential::new(ms(50))
        .factor(1.5)
        .cap(secs(2))
        .jitter(Jitter::Equal),
)
.max_attempts(7)
.deadline(secs(30))
.max_retry_after(secs(10))
.seed(4)
.on(On::Ambiguous)
.attempt_timeout(secs(1));

static SHARED: Policy<Fibonacci> =
    Policy::with_backoff(Fibonacci::new(ms(1)).cap(secs(1))).max_retries(4);

static LINEAR: Policy<Linear> = Policy::with_backoff(Linear::new(ms(1)).cap(secs(1)));
static DECORRELATED: Policy<Decorrelated> =
    Policy::with_backoff(Decorrelated::new(ms(1)).cap(secs(1)));
static LIST: Policy<[Duration; 2]> = Policy::with_backoff([ms(1), ms(2)]);
static BORROWED: Policy<&'static [Duration]> = Policy::with_backoff(&[ms(1), ms(2)]);

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn assert_shareable<T: Send + Sync + Copy + 'static>(_: &T) {}

#[test]
fn policies_are_constants_that_every_thread_may_share() {
    assert_shareable(&EVERYTHING);
    assert_shareable(&SHARED);
    let delays = |policy: &Policy<Fibonacci>| policy.schedule(9).collect::<Vec<_>>();
    let elsewhere = std::thread::spawn(move || delays(&SHARED)).join().unwrap();
    assert_eq!(elsewhere, delays(&SHARED));
    assert_eq!(elsewhere.len(), 4);
    assert_eq!(LINEAR.schedule(0).count(), DECORRELATED.schedule(0).count());
    assert_eq!(
        LIST.schedule(0).collect::<Vec<_>>(),
        BORROWED.schedule(0).collect::<Vec<_>>()
    );
}

/// Every setter keeps what the others set, whichever comes first.
#[test]
fn settings_are_kept_in_every_order() {
    let reversed = Policy::new()
        .attempt_timeout(secs(1))
        .on(On::Ambiguous)
        .seed(4)
        .max_retry_after(secs(10))
        .deadline(secs(30))
        .max_attempts(7)
        .backoff(
            Exponential::new(ms(50))
                .jitter(Jitter::Equal)
                .cap(secs(2))
                .factor(1.5),
        );
    assert_eq!(reversed, EVERYTHING);
}

/// Makes one call that is refused once, and counts its attempts.
fn attempts<B, O, T>(policy: &Policy<B, O, retry_core::Unlimited, T>) -> u32
where
    B: Backoff,
    O: Rule<Classified<&'static str>>,
    T: RetryBudget,
{
    let timer = Recorder::default();
    let call = policy.blocking_with(timer, || Err::<(), _>(transient("down")));
    call.report().1.attempts
}

#[test]
fn parts_that_are_not_copy_are_set_in_any_order() {
    let budget = || Arc::new(Budget::new(0.0).burst(3));
    let shape = || -> Box<dyn Backoff + Send + Sync> { Box::new(NoDelay) };
    let word = String::from("down");
    let rule = || {
        let word = word.clone();
        move |error: &Classified<&'static str>| *error.get_ref() == word
    };
    let new = || Policy::new().max_attempts(9);
    assert_eq!(
        attempts(&new().budget(budget()).backoff(shape()).on_error(rule())),
        4
    );
    assert_eq!(
        attempts(&new().budget(budget()).on_error(rule()).backoff(shape())),
        4
    );
    assert_eq!(
        attempts(&new().backoff(shape()).budget(budget()).on_error(rule())),
        4
    );
    assert_eq!(
        attempts(&new().backoff(shape()).on_error(rule()).budget(budget())),
        4
    );
    assert_eq!(
        attempts(&new().on_error(rule()).backoff(shape()).budget(budget())),
        4
    );
    assert_eq!(
        attempts(&new().on_error(rule()).budget(budget()).backoff(shape())),
        4
    );

    // Numbers and rungs fit in between.
    let policy = Policy::new()
        .budget(budget())
        .on(On::Any)
        .backoff(shape())
        .max_attempts(2)
        .on(On::Refused);
    let outcome = policy.run_blocking(|| Err::<(), _>(transient("down")));
    assert_eq!(outcome, Err(transient("down")));
}

static PAYMENTS: Budget = Budget::new(0.1).burst(1);
static POLICY: BudgetedPolicy = Policy::with_budget(&PAYMENTS).max_attempts(5);
static STRICT: BudgetedPolicy<NoDelay> = Policy::from_parts(NoDelay, On::Refused, &PAYMENTS);

#[test]
fn a_static_policy_with_a_budget_has_a_name_of_one_line() {
    assert_eq!(POLICY.schedule(0).count(), 4);
    let mut retry = STRICT.start_with(Recorder::default());
    assert!(retry.again(transient("down")).is_err());
    assert_eq!(retry.gave_up(), Some(GiveUp::NotRetryable));
    let mut retry = STRICT.start_with(Recorder::default());
    assert!(retry.again(refused("down")).is_ok());
    assert!(retry.again(refused("down")).is_err());
    assert_eq!(retry.gave_up(), Some(GiveUp::Budget));
}

#[test]
fn policies_compare() {
    let policy = Policy::new;
    assert_eq!(policy().max_attempts(5), policy().max_retries(4));
    let others = [
        policy().max_attempts(4),
        policy().on(On::Any),
        policy().max_retry_after(secs(1)),
        policy().nested(Nested::Multiply),
        policy().seed(1),
        Policy::exponential(ms(101)),
    ];
    assert!(others.iter().all(|other| *other != policy()));
    let limited = policy().attempt_timeout(secs(1));
    assert_eq!(limited, policy().attempt_timeout(ms(1000)));
    assert_ne!(limited, policy().attempt_timeout(secs(2)));
    assert_ne!(limited, policy().deadline(secs(1)));
    assert_ne!(policy().max_elapsed(secs(1)), policy().max_elapsed(secs(2)));
}

#[test]
fn a_policy_shows_all_of_its_settings() {
    let policy = Policy::with_backoff(Linear::new(ms(111)))
        .max_attempts(77)
        .on(On::Ambiguous)
        .deadline(secs(222))
        .max_retry_after(secs(333))
        .nested(Nested::Multiply)
        .seed(444)
        .attempt_timeout(secs(555))
        .budget(Budget::new(0.25));
    let shown = format!("{policy:?}");
    for part in [
        "111ms",
        "77",
        "Ambiguous",
        "222s",
        "333s",
        "Multiply",
        "444",
        "555s",
        "Budget",
        "25",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn a_shape_may_be_chosen_at_run_time() {
    let count = |shape: Box<dyn Backoff + Send + Sync>| {
        let timer = Recorder::default();
        let policy = Policy::with_backoff(shape).max_attempts(9);
        let call = policy.run_with(timer.clone(), async || Err::<(), _>(transient("down")));
        assert!(ready(call).is_err());
        timer.delays()
    };
    assert_eq!(count(Box::new([ms(1), ms(2)])), [ms(1), ms(2)]);
    // A delay of zero is no wait.
    assert_eq!(count(Box::new(NoDelay)), []);
    let counting = |step: &Step| Some(ms(u64::from(step.retry)));
    assert_eq!(count(Box::new(backoff::from_fn(counting))).len(), 8);

    let shared: Arc<dyn Backoff + Send + Sync> = Arc::new([ms(3)]);
    let policy = Policy::with_backoff(shared.clone());
    assert_eq!(policy.schedule(0).collect::<Vec<_>>(), [ms(3)]);
    assert_eq!(
        shared.delay(&Step::new(1, None, Class::Transient, 0)),
        Some(ms(3))
    );
}

/// Behind every pointer, and if the type is unknown.
#[test]
fn a_pointer_to_a_shape_is_a_shape() {
    fn delays(shape: impl Backoff) -> Vec<Duration> {
        Policy::with_backoff(shape).schedule(0).collect()
    }
    let list = [ms(1), ms(2)];
    let (by_reference, dynamic, slice): (&[Duration; 2], &dyn Backoff, &[Duration]) =
        (&list, &list, &list);
    let twice: &&dyn Backoff = &dynamic;
    let local: Box<dyn Backoff> = Box::new(list);
    let expected = list.to_vec();
    assert_eq!(delays(by_reference), expected);
    assert_eq!(delays(dynamic), expected);
    assert_eq!(delays(slice), expected);
    assert_eq!(delays(twice), expected);
    assert_eq!(delays(local), expected);
    assert_eq!(delays(Box::new(dynamic)), expected);
    assert_eq!(delays(Arc::new(Box::new(list))), expected);
    assert_eq!(
        delays(Rc::new(backoff::from_fn(|_| Some(ms(5)))).as_ref()),
        [ms(5); 2]
    );
}

#[test]
fn a_shape_that_is_a_function_says_so_and_may_be_const() {
    fn beat(step: &Step) -> Option<Duration> {
        (step.retry < 3).then_some(secs(1))
    }
    const BEAT: Policy<backoff::FromFn<fn(&Step) -> Option<Duration>>> =
        Policy::with_backoff(backoff::from_fn(beat));
    assert_eq!(BEAT.schedule(0).collect::<Vec<_>>(), [secs(1); 2]);
    let shown = format!("{:?}", backoff::from_fn(beat));
    assert!(shown.contains("beat"), "{shown}");
}

/// A boxed shape is asked whether it spreads hints, too.
#[test]
fn a_boxed_shape_without_jitter_leaves_hints_exact() {
    let quiet = Fixed::new(ms(1)).jitter(Jitter::None);
    let boxed: Box<dyn Backoff + Send + Sync> = Box::new(quiet);
    let shared: Arc<dyn Backoff + Send + Sync> = Arc::new(quiet);
    assert!(!(&quiet as &dyn Backoff).spreads_hints());
    assert!(!boxed.spreads_hints() && !shared.spreads_hints() && !quiet.spreads_hints());
    assert!(Linear::new(ms(1)).spreads_hints() && NoDelay.spreads_hints());
    assert_eq!(Fixed::new(ms(1)), quiet);
}

/// What a driver must allow: an error that cannot leave its thread.
#[derive(Debug)]
struct Local(#[expect(dead_code, reason = "only makes this `!Send`")] Rc<()>);

#[test]
fn a_call_is_send_if_its_parts_are_for_every_error() {
    fn always(_: &Local) -> bool {
        true
    }

    let fail = async || Err::<u8, _>(Local(Rc::new(())));
    let policy = Policy::with_backoff(NoDelay).on_error(always);
    let timer = VirtualTimer::new();
    let outcome = ready(assert_send(policy.run_with(timer.clone(), fail)));
    assert!(outcome.is_err());
    // With everything that may hang on it, but a limit of time: that keeps the error during a wait.
    let call = policy.run_with(timer, fail);
    let call = call
        .until(|value| *value > 3)
        .on_retry(|_| ())
        .on_give_up(|_| ());
    assert_eq!(ready(assert_send(call.report())).1.attempts, 3);
    drop(assert_send(policy.run(fail)));
}

#[test]
fn a_loop_of_the_callers_is_send_too() {
    fn attempt() -> Result<u8, Local> {
        Err(Local(Rc::new(())))
    }

    async fn fetch() -> Result<u8, Local> {
        let policy = Policy::with_backoff(NoDelay).on_error(|_: &Local| true);
        let mut retry = policy.start();
        loop {
            // The delay leaves the `match`, whose operand would live on through the wait.
            let delay = match attempt() {
                Ok(value) => return Ok(value),
                Err(error) => retry.again(error)?,
            };
            delay.await;
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    assert!(runtime.block_on(assert_send(fetch())).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_call_may_be_spawned() {
    let task = tokio::spawn(
        SHARED
            .run(async || Err::<(), _>(transient("down")))
            .report(),
    );
    let (outcome, report) = task.await.unwrap();
    assert_eq!(outcome, Err(transient("down")));
    assert_eq!(report.attempts, 5);
}

#[test]
fn an_operation_may_change_what_it_borrows() {
    let mut calls = Vec::new();
    let outcome = Policy::with_backoff(NoDelay).run_blocking(|| {
        calls.push(calls.len());
        Err::<(), _>(transient("down"))
    });
    assert_eq!((outcome, calls), (Err(transient("down")), vec![0, 1, 2]));
}

#[test]
fn a_call_may_be_kept_in_a_struct() {
    struct Job<'p> {
        retry: Retry<'p, &'p Policy, VirtualTimer>,
        failed: Cell<bool>,
    }
    let policy = Policy::new().max_attempts(2).seed(0);
    let mut job = Job {
        retry: policy.start_with(VirtualTimer::new()),
        failed: Cell::new(false),
    };
    while let Ok(delay) = job.retry.again(Classified::new((), Class::Refused)) {
        job.failed.set(true);
        delay.block();
    }
    assert!(job.failed.get() && job.retry.number() == 2);
}
