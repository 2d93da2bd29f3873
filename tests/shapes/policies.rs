//! Settings from constants, and policies from wherever they are.

use std::sync::Arc;
use std::time::Duration;

use retryable::{Exponential, Fixed, Jitter, NoDelay, On, Policy, TimeLimit, TimedOut, retryable};
use tokio::time::Instant;

use crate::support::{Busy, Calls};

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
async fn a_policy_may_stand_beside_the_keys_that_are_no_settings_of_it() {
    let gave_up = Calls::new();
    let outcome = with_other_keys(&Calls::new(), &gave_up, &Policy::new()).await;
    assert_eq!((outcome, gave_up.count()), (Ok(3), 1));
}
