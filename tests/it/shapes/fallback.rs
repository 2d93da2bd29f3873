//! `fallback = …`: what a function does when its retries are used up.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use retryable::{
    Budget, Class, GiveUp, NoDelay, Policy, Upstream, attempt, note_give_up, retryable,
};

use crate::shapes::support::{Busy, Calls, Is};

const HOUR: Duration = Duration::from_secs(3600);

static EMPTY: Budget = Budget::new(0.0).burst(0).min_per_second(0);

/// Defines an async and a blocking function that return why the call gave up.
macro_rules! reasons {
    ($($name:ident, $blocking:ident: $class:expr, $($key:ident = $value:expr),*;)*) => {$(
        #[retryable($($key = $value,)* fallback = |error, reason| Ok((error, reason)))]
        async fn $name() -> Result<(Is, GiveUp), Is> {
            Err(Is($class))
        }

        #[retryable($($key = $value,)* fallback = |error, reason| Ok((error, reason)))]
        fn $blocking() -> Result<(Is, GiveUp), Is> {
            Err(Is($class))
        }
    )*};
}

reasons! {
    exhausted, exhausted_blocking: Class::Transient, max = 2, backoff = "none";
    too_long, too_long_blocking: Class::Throttled { retry_after: Some(HOUR) }, max = 2;
    elapsed, elapsed_blocking: Class::Transient, backoff = [HOUR], max_elapsed = "1s";
    budget, budget_blocking: Class::Transient, backoff = "none", budget = EMPTY;
    by_policy, by_policy_blocking: Class::Transient, policy = Policy::with_backoff(NoDelay);
    permanent, permanent_blocking: Class::Permanent, backoff = "none";
}

#[retryable(backoff = "none", fallback = |error, reason| Ok((error, reason)))]
async fn nested() -> Result<(Is, GiveUp), Is> {
    note_give_up();
    Err(Is(Class::Transient))
}

#[retryable(backoff = "none", fallback = |error, reason| Ok((error, reason)))]
fn nested_blocking() -> Result<(Is, GiveUp), Is> {
    note_give_up();
    Err(Is(Class::Transient))
}

#[retryable(backoff = [HOUR], deadline = "1s", timed_out = |_| Is(Class::Transient), fallback = |error, reason| Ok((error, reason)))]
async fn deadline() -> Result<(Is, GiveUp), Is> {
    Err(Is(Class::Transient))
}

#[tokio::test]
async fn it_runs_for_every_reason_but_not_retryable() {
    let transient = Is(Class::Transient);
    let throttled = Is(Class::Throttled {
        retry_after: Some(HOUR),
    });
    assert_eq!(exhausted().await, Ok((transient, GiveUp::Exhausted)));
    assert_eq!(exhausted_blocking(), Ok((transient, GiveUp::Exhausted)));
    assert_eq!(nested().await, Ok((transient, GiveUp::Nested)));
    assert_eq!(nested_blocking(), Ok((transient, GiveUp::Nested)));
    assert_eq!(too_long().await, Ok((throttled, GiveUp::HintTooLong)));
    assert_eq!(too_long_blocking(), Ok((throttled, GiveUp::HintTooLong)));
    assert_eq!(deadline().await, Ok((transient, GiveUp::Deadline)));
    assert_eq!(elapsed().await, Ok((transient, GiveUp::MaxElapsed)));
    assert_eq!(elapsed_blocking(), Ok((transient, GiveUp::MaxElapsed)));
    assert_eq!(budget().await, Ok((transient, GiveUp::Budget)));
    assert_eq!(budget_blocking(), Ok((transient, GiveUp::Budget)));
    assert_eq!(by_policy().await, Ok((transient, GiveUp::Exhausted)));
    assert_eq!(by_policy_blocking(), Ok((transient, GiveUp::Exhausted)));

    assert_eq!(permanent().await, Err(Is(Class::Permanent)));
    assert_eq!(permanent_blocking(), Err(Is(Class::Permanent)));
}

#[retryable(backoff = "none", fallback = |_error| unreachable!("the call succeeded"))]
async fn succeeds(calls: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[tokio::test]
async fn it_does_not_run_when_the_call_succeeds() {
    assert_eq!(succeeds(&Calls::new()).await, Ok(3));
}

#[tokio::test]
async fn it_runs_if_the_deadline_of_the_caller_has_passed_before_the_first_attempt() {
    let mut upstream = Upstream::new().remaining(Duration::ZERO);
    let outcome = upstream.serve(deadline()).await;
    assert_eq!(outcome, Ok((Is(Class::Transient), GiveUp::Deadline)));
    assert!(!upstream.gave_up(), "the fallback has a value");
}

#[derive(Debug, Default)]
struct Outbox {
    orders: Vec<String>,
    sent: u32,
}

impl Outbox {
    async fn push(&mut self, order: String) -> Result<usize, Busy> {
        tokio::task::yield_now().await;
        self.orders.push(order);
        if self.orders.len() > 2 {
            Err(Busy)
        } else {
            Ok(self.orders.len())
        }
    }

    // `?` and `return` leave the function, and the original argument is still there.
    #[retryable(max = 2, backoff = "none", fallback = |error, _reason| {
        assert_eq!(error, Busy);
        if order.is_empty() {
            return Err(error);
        }
        let queued = self.push(order).await?;
        Ok(format!("queued {queued}"))
    })]
    async fn place(&mut self, order: String) -> Result<String, Busy> {
        self.sent += 1;
        drop(order);
        Err(Busy)
    }

    #[retryable(max = 2, backoff = "none", fallback = |_| Ok(self.orders.len() + parts.len() + usize::from(last)))]
    fn count(&mut self, (parts, last): (Vec<u8>, u8), mut scratch: Vec<u8>) -> Result<usize, Busy> {
        scratch.push(last);
        self.sent += 1;
        drop(parts);
        Err(Busy)
    }
}

#[tokio::test]
async fn it_has_the_scope_of_the_function() {
    let mut outbox = Outbox::default();
    assert_eq!(
        outbox.place("a".to_owned()).await,
        Ok("queued 1".to_owned())
    );
    assert_eq!(
        outbox.place("b".to_owned()).await,
        Ok("queued 2".to_owned())
    );
    assert_eq!(outbox.place("c".to_owned()).await, Err(Busy));
    assert_eq!(outbox.place(String::new()).await, Err(Busy));
    assert_eq!((outbox.orders.len(), outbox.sent), (3, 8));
    assert_eq!(outbox.count((vec![0; 10], 7), Vec::new()), Ok(20));
}

#[retryable(max = 2, backoff = "none", share(large), fallback = |_| Ok(vec![value, large.0]))]
async fn generic<T: Clone>(value: T, large: Large<T>) -> Result<Vec<T>, Busy> {
    let _ = (value, &large);
    Err(Busy)
}

struct Large<T>(T);

#[retryable(max = 2, backoff = "none", fallback = |_| Ok(self.cached()))]
trait Cache {
    fn cached(&self) -> u32;

    #[retryable]
    async fn load(&self) -> Result<u32, Busy> {
        Err(Busy)
    }

    #[retryable]
    fn load_blocking(&self) -> Result<u32, Busy> {
        Err(Busy)
    }

    #[retryable(fallback = |error| Err(error))]
    fn load_fresh(&self) -> Result<u32, Busy> {
        Err(Busy)
    }
}

impl Cache for u32 {
    fn cached(&self) -> u32 {
        *self
    }
}

#[tokio::test]
async fn it_works_in_generic_functions_and_traits() {
    assert_eq!(generic(1, Large(2)).await, Ok(vec![1, 2]));
    assert_eq!(Cache::load(&7).await, Ok(7));
    assert_eq!(7.load_blocking(), Ok(7));
    assert_eq!(7.load_fresh(), Err(Busy));
}

#[retryable(backoff = "none", until = |value| *value > 9, fallback = |outcome| match outcome {
    Ok(value) => Ok(value + 100),
    Err(Busy) => Ok(0),
})]
async fn polled(calls: &Calls, fails_from: u32) -> Result<u32, Busy> {
    let now = calls.next();
    if now < fails_from { Ok(now) } else { Err(Busy) }
}

#[retryable(backoff = "none", until = Option::is_some, fallback = |outcome: Option<u32>| outcome.or(Some(7)))]
fn found() -> Option<u32> {
    None
}

#[tokio::test]
async fn with_until_it_receives_the_last_outcome() {
    assert_eq!(polled(&Calls::new(), 100).await, Ok(103));
    assert_eq!(polled(&Calls::new(), 2).await, Ok(0));
    assert_eq!(found(), Some(7));
}

#[retryable(
    max = 2, backoff = "none",
    on_give_up = |event| seen.borrow_mut().push(format!("gave up {}", event.attempts)),
    fallback = |_| {
        let outer = attempt().map(retryable::Attempt::number);
        seen.borrow_mut().push(format!("fallback in {outer:?}"));
        if recovers { Ok(0) } else { Err(Busy) }
    }
)]
fn inner(seen: &RefCell<Vec<String>>, recovers: bool) -> Result<u32, Busy> {
    Err(Busy)
}

#[test]
fn it_runs_outside_of_the_attempts_and_after_on_give_up() {
    let seen = RefCell::default();
    let policy = Policy::with_backoff(NoDelay).max_attempts(2);
    assert_eq!(policy.run_blocking(|| inner(&seen, true)), Ok(0));
    assert_eq!(seen.into_inner(), ["gave up 2", "fallback in Some(1)"]);
}

/// Returns how many attempts an outer call makes whose attempts fail after these nested calls.
fn outer_attempts(nested: impl Fn()) -> u32 {
    let policy = Policy::with_backoff(NoDelay).max_attempts(3);
    let (outcome, report) = policy
        .blocking(|| {
            nested();
            Err::<(), _>(Busy)
        })
        .report();
    assert!(outcome.is_err());
    report.attempts
}

#[test]
fn a_value_of_the_fallback_lets_the_outer_call_retry() {
    let seen = RefCell::default();
    assert_eq!(outer_attempts(|| assert!(inner(&seen, true).is_ok())), 3);
    assert_eq!(outer_attempts(|| assert!(inner(&seen, false).is_err())), 1);
    let after_another = || {
        let _ = inner(&seen, false);
        let _ = inner(&seen, true);
    };
    assert_eq!(
        outer_attempts(after_another),
        1,
        "the first call gave up for good"
    );
}

#[retryable(max = 2, backoff = "none", fallback = |_| panic!("in the fallback"))]
fn panics() -> Result<u32, Busy> {
    Err(Busy)
}

#[test]
fn its_panic_reaches_the_caller() {
    let panic = catch_unwind(AssertUnwindSafe(panics)).expect_err("the fallback panics");
    assert_eq!(panic.downcast_ref(), Some(&"in the fallback"));
    assert!(attempt().is_none());
}

#[retryable(max = 2, backoff = "none", fallback = |_error| {
    tokio::task::yield_now().await;
    queue.lock().unwrap().push(order);
    Ok(())
})]
async fn queued(queue: &Mutex<Vec<String>>, order: String) -> Result<(), Busy> {
    drop(order);
    Err(Busy)
}

#[tokio::test]
async fn the_future_is_send_and_the_fallback_may_consume_an_argument() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let queue = Mutex::default();
    assert_eq!(is_send(queued(&queue, "a".to_owned())).await, Ok(()));
    assert_eq!(queue.into_inner().unwrap(), ["a"]);
}
