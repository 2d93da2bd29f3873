//! Settings from constants, and policies from any place.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use retryable::{
    Class, Exponential, Fixed, Jitter, NoDelay, On, Policy, Step, TimeLimit, TimedOut, retryable,
};
use tokio::time::Instant;

use crate::shapes::support::{Busy, Calls, Is};

const MAX: u32 = 4;
const BASE: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(2);

#[retryable(max = MAX, base = BASE, cap = CAP, factor = 1.5, jitter = Jitter::None)]
async fn from_constants(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(5)
}

#[retryable(max = N, backoff = "none")]
async fn from_a_const_generic<const N: u32>(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(100)
}

const fn limits(attempts: u32) -> u32 {
    attempts
}

/// The closure has its own `step`, and the path its own `max`.
#[retryable(max = limits(max::MAX), backoff = |step: &Step| (step.retry > 0).then_some(BASE))]
async fn named_like_arguments(calls: &Calls, step: u32, max: u32) -> Result<u32, Busy> {
    calls.fail_until(step + max)
}

mod max {
    pub(super) const MAX: u32 = 2;
}

#[tokio::test(start_paused = true)]
async fn settings_may_have_names_of_their_own() {
    let calls = Calls::new();
    assert_eq!(named_like_arguments(&calls, 2, 1).await, Err(Busy));
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn settings_may_be_constants() {
    let (calls, start) = (Calls::new(), Instant::now());
    assert_eq!(from_constants(&calls).await, Err(Busy));
    assert_eq!(calls.count(), MAX);
    assert_eq!(start.elapsed(), Duration::from_millis(1000 + 1500 + 2000));

    let calls = Calls::new();
    assert_eq!(from_a_const_generic::<6>(&calls).await, Err(Busy));
    assert_eq!(calls.count(), 6);
}

static POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5);

struct Client<P = Policy<NoDelay>> {
    calls: Calls,
    state: u32,
    policy: P,
}

impl<P> Client<P> {
    const MAX: u32 = 2;

    fn new(policy: P) -> Self {
        Self {
            calls: Calls::new(),
            state: 0,
            policy,
        }
    }

    fn change(&mut self) {
        self.state += 1;
    }

    #[retryable(max = Self::MAX, backoff = "none")]
    async fn of_self_type(&self) -> Result<u32, Busy> {
        self.calls.third()
    }
}

impl Client {
    #[retryable(policy = self.policy)]
    async fn by_reference(&self) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable(policy = self.policy)]
    async fn by_mutable_reference(&mut self) -> Result<u32, Busy> {
        self.change();
        self.calls.fail_until(5)
    }

    #[retryable(policy = self.policy)]
    fn blocking(&mut self) -> Result<u32, Busy> {
        self.change();
        self.calls.fail_until(5)
    }

    #[retryable(policy = self.policy())]
    async fn by_method(&mut self) -> Result<u32, Busy> {
        self.change();
        self.calls.fail_until(5)
    }

    fn policy(&self) -> &Policy<NoDelay> {
        &self.policy
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_may_take_its_policy_from_self() {
    assert_eq!(Client::new(POLICY).of_self_type().await, Err(Busy));
    assert_eq!(Client::new(POLICY).by_reference().await, Ok(3));

    let mut client = Client::new(POLICY);
    assert_eq!(client.by_mutable_reference().await, Ok(5));
    assert_eq!(client.state, 5);

    let mut client = Client::new(POLICY);
    assert_eq!(client.blocking(), Ok(5));
    assert_eq!(client.state, 5);

    let mut client = Client::new(POLICY.max_attempts(2));
    assert_eq!(client.by_method().await, Err(Busy));
    assert_eq!(client.calls.count(), 2);
}

#[retryable(policy = &POLICY)]
async fn by_static(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(5)
}

#[retryable(policy = POLICY)]
async fn by_static_value(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(5)
}

#[retryable(policy = policy)]
async fn by_argument(calls: &Calls, policy: &Policy) -> Result<u32, Busy> {
    assert!(policy.schedule(0).count() > 0);
    calls.fail_until(100)
}

#[retryable(policy = policy)]
async fn by_owned_argument(calls: &Calls, policy: Policy) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[retryable(policy = policy)]
async fn by_arc(calls: &Calls, policy: Arc<Policy>) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[retryable(policy = Policy::fixed(BASE).max_attempts(max))]
async fn made_for_the_call(calls: &Calls, max: u32) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[tokio::test(start_paused = true)]
async fn a_policy_may_be_static_or_an_argument() {
    assert_eq!(by_static(&Calls::new()).await, Ok(5));
    assert_eq!(by_static_value(&Calls::new()).await, Ok(5));

    let policy = Policy::new().max_attempts(6);
    let calls = Calls::new();
    assert_eq!(by_argument(&calls, &policy).await, Err(Busy));
    assert_eq!(calls.count(), 6);
    let calls = Calls::new();
    assert_eq!(by_owned_argument(&calls, policy).await, Err(Busy));
    assert_eq!(calls.count(), 6);
    let calls = Calls::new();
    assert_eq!(by_arc(&calls, Arc::new(policy)).await, Err(Busy));
    assert_eq!(calls.count(), 6);
    let calls = Calls::new();
    assert_eq!(made_for_the_call(&calls, 7).await, Err(Busy));
    assert_eq!(calls.count(), 7);
}

/// Every type parameter of the policy is the caller's.
type Everything = Policy<Fixed, fn(&Late) -> bool, TimeLimit>;

#[derive(Debug, PartialEq)]
enum Late {
    Later(u32),
    TimedOut,
}

impl From<TimedOut> for Late {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

#[retryable(policy = policy)]
async fn by_full_policy(calls: &Calls, policy: &Everything) -> Result<u32, Late> {
    if calls.next() == 2 {
        std::future::pending::<()>().await;
    }
    Err(Late::Later(calls.count()))
}

#[tokio::test(start_paused = true)]
async fn a_policy_may_have_a_classifier_and_a_timeout() {
    let retried: fn(&Late) -> bool = |error| *error != Late::Later(4);
    let policy = Policy::with_backoff(Fixed::new(BASE).jitter(Jitter::None))
        .max_attempts(10)
        .on_error(retried)
        .attempt_timeout(Duration::from_secs(5));
    let (calls, start) = (Calls::new(), Instant::now());
    let outcome = by_full_policy(&calls, &policy).await;
    assert_eq!(outcome, Err(Late::Later(4)));
    assert_eq!(start.elapsed(), Duration::from_secs(3 + 5));
}

#[retryable(policy = *policy, until = |n| *n == 4, name = "four", on_give_up = |event| {
    assert_eq!((event.name, event.max_attempts), ("four", 3));
    gave_up.next();
})]
async fn with_other_keys(
    calls: &Calls,
    gave_up: &Calls,
    policy: &Policy<Exponential, On>,
) -> Result<u32, Busy> {
    Ok(calls.next())
}

#[tokio::test(start_paused = true)]
async fn a_policy_may_stand_next_to_the_keys_that_are_not_its_settings() {
    let gave_up = Calls::new();
    let outcome = with_other_keys(&Calls::new(), &gave_up, &Policy::new()).await;
    assert_eq!((outcome, gave_up.count()), (Ok(3), 1));
}

const STRICT: Policy = Policy::exponential(BASE).max_attempts(5).on(On::Refused);
const LAX: Policy = Policy::exponential(BASE).max_attempts(1).on(On::Any);

/// Is STRICT for the first `swap` evaluations, and LAX after them.
struct Swapped {
    evaluated: Cell<u32>,
    swap: u32,
}

impl Swapped {
    fn current(&self) -> Policy {
        self.evaluated.set(self.evaluated.get() + 1);
        if self.evaluated.get() <= self.swap {
            STRICT
        } else {
            LAX
        }
    }
}

#[retryable(policy = policy.current())]
fn swapped_blocking(calls: &Calls, policy: &Swapped) -> Result<u32, Is> {
    calls.next();
    Err(Is(Class::Ambiguous))
}

#[retryable(policy = policy.current())]
async fn swapped(calls: &Calls, policy: &Swapped) -> Result<u32, Is> {
    calls.next();
    Err(Is(Class::Ambiguous))
}

/// STRICT stops because of the class, and LAX because of the number of attempts: only a mixture of the two
/// makes a second attempt.
#[tokio::test(start_paused = true)]
async fn one_decision_never_mixes_two_policies() {
    for swap in 0..8 {
        let policy = || Swapped {
            evaluated: Cell::new(0),
            swap,
        };
        let calls = Calls::new();
        assert!(swapped_blocking(&calls, &policy()).is_err());
        assert_eq!(calls.count(), 1, "blocking, swapped after {swap}");
        let calls = Calls::new();
        assert!(swapped(&calls, &policy()).await.is_err());
        assert_eq!(calls.count(), 1, "awaited, swapped after {swap}");
    }
}

#[retryable(policy = { evaluated.next(); POLICY })]
fn counted_blocking(calls: &Calls, evaluated: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[retryable(policy = { evaluated.next(); POLICY.attempt_timeout(BASE) })]
async fn counted(calls: &Calls, evaluated: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_evaluated_at_the_start_and_once_per_decision() {
    let evaluated = Calls::new();
    assert_eq!(counted_blocking(&Calls::new(), &evaluated), Ok(3));
    assert_eq!(evaluated.count(), 1 + 3);
    let evaluated = Calls::new();
    assert_eq!(counted(&Calls::new(), &evaluated).await, Ok(3));
    assert_eq!(evaluated.count(), 1 + 3);
}

#[retryable(policy = Policy::with_backoff(NoDelay).attempt_timeout(BASE * calls.count().max(1)))]
async fn hangs(calls: &Calls) -> Result<u32, Busy> {
    calls.next();
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_limited_by_the_policy_of_the_decision_before_it() {
    let (calls, start) = (Calls::new(), Instant::now());
    assert_eq!(hangs(&calls).await, Err(Busy));
    // Evaluated after 0, 1 and 2 attempts, for the attempts 1, 2 and 3.
    assert_eq!(start.elapsed(), Duration::from_secs(1 + 1 + 2));
}
