//! What DESIGN.md promises under "What a user must be able to write".

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use retryable::{
    AnyPolicy, Backoff, Budget, BudgetedPolicy, Class, Classify, DefaultTimer, DynPolicy, Fixed,
    GiveUp, Linear, NoDelay, On, Policy, Retry, TimedOut, retryable,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Error {
    Busy,
    Broken,
    Slow,
}

impl Classify for Error {
    fn classify(&self) -> Class {
        match self {
            Error::Broken => Class::Permanent,
            Error::Busy | Error::Slow => Class::Transient,
        }
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Error::Slow
    }
}

/// A server that fails this way as often as is said, and then succeeds.
pub(crate) struct Server {
    failures: u32,
    error: Error,
    calls: Cell<u32>,
}

impl Server {
    pub(crate) fn failing(failures: u32, error: Error) -> Self {
        Self {
            failures,
            error,
            calls: Cell::new(0),
        }
    }

    pub(crate) fn call(&self) -> Result<u32, Error> {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() > self.failures {
            Ok(self.calls.get())
        } else {
            Err(self.error)
        }
    }
}

/// What a configuration file may leave out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Configuration {
    attempts: Option<u32>,
    timeout: Option<Duration>,
}

pub(crate) struct Api {
    pub(crate) server: Server,
    pub(crate) policy: DynPolicy<Error>,
}

impl Api {
    pub(crate) fn new(server: Server, budget: Arc<Budget>, configuration: Configuration) -> Self {
        let retried = server.error;
        let mut policy = Policy::with_backoff(NoDelay)
            .budget(budget)
            .on_error(move |error: &Error| *error == retried)
            .erase()
            .maybe_attempt_timeout(configuration.timeout);
        if let Some(attempts) = configuration.attempts {
            policy = policy.max_attempts(attempts);
        }
        Self { server, policy }
    }

    #[retryable(policy = self.policy)]
    async fn annotated(&self) -> Result<u32, Error> {
        self.server.call()
    }

    #[retryable(policy = self.policy)]
    async fn hanging(&self) -> Result<u32, Error> {
        let _ = self.server.call();
        std::future::pending().await
    }

    #[retryable(policy = self.policy)]
    pub(crate) fn annotated_blocking(&self) -> Result<u32, Error> {
        self.server.call()
    }
}

pub(crate) fn budget() -> Arc<Budget> {
    Arc::new(Budget::new(0.0).min_per_second(0).burst(3))
}

#[tokio::test(start_paused = true)]
async fn a_field_holds_a_policy_with_a_shared_budget_and_a_closure() {
    let budget = budget();
    let new = || {
        let server = Server::failing(2, Error::Broken);
        Api::new(server, Arc::clone(&budget), Configuration::default())
    };
    assert_eq!(new().annotated().await, Ok(3));
    // The budget has one retry left.
    assert_eq!(new().annotated().await, Err(Error::Broken));
}

#[tokio::test(start_paused = true)]
async fn every_driver_takes_a_stored_policy() {
    let api = || {
        let configuration = Configuration {
            attempts: Some(3),
            ..Configuration::default()
        };
        Api::new(Server::failing(2, Error::Busy), budget(), configuration)
    };
    assert_eq!(api().annotated().await, Ok(3));
    assert_eq!(api().annotated_blocking(), Ok(3));

    let Api { server, policy } = api();
    assert_eq!(policy.run(async || server.call()).await, Ok(3));
    let Api { server, policy } = api();
    assert_eq!(policy.run_async(async || server.call()).await, Ok(3));
    let Api { server, policy } = api();
    assert_eq!(policy.run_blocking(|| server.call()), Ok(3));
    let Api { server, policy } = api();
    let mut retry = policy.start();
    let outcome = loop {
        match server.call() {
            Ok(value) => break Ok(value),
            Err(error) => match retry.again(error) {
                Ok(delay) => delay.await,
                Err(error) => break Err(error),
            },
        }
    };
    assert_eq!((outcome, retry.number()), (Ok(3), 3));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_stored_policy_may_be_absent() {
    let timeout = Some(Duration::from_secs(1));
    let api = |timeout| {
        let configuration = Configuration {
            attempts: Some(2),
            timeout,
        };
        Api::new(Server::failing(9, Error::Slow), budget(), configuration)
    };
    let limited = api(timeout);
    assert_eq!(limited.hanging().await, Err(Error::Slow));
    assert_eq!(limited.server.calls.get(), 2);
    let limited = api(timeout);
    let call = limited
        .policy
        .run(std::future::pending::<Result<(), Error>>);
    assert_eq!(call.await, Err(Error::Slow));

    let unlimited = api(None);
    let hour = Duration::from_secs(3600);
    assert!(
        tokio::time::timeout(hour, unlimited.hanging())
            .await
            .is_err()
    );
    let unlimited = api(timeout).policy.maybe_attempt_timeout(None);
    let call = unlimited.run(std::future::pending::<Result<(), Error>>);
    assert!(tokio::time::timeout(hour, call).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_stored_policy_cuts_off() {
    let second = Duration::from_secs(1);
    let policy: DynPolicy<Error> = Policy::new().deadline(second).erase();
    let (outcome, report) = policy
        .run(std::future::pending::<Result<(), Error>>)
        .report()
        .await;
    assert_eq!(outcome, Err(Error::Slow));
    assert_eq!(
        (report.elapsed, report.gave_up),
        (second, Some(GiveUp::Deadline))
    );

    let policy = policy.maybe_deadline(Some(Duration::ZERO));
    let (outcome, report) = policy.run(async || Ok::<_, Error>(1)).report().await;
    assert_eq!((outcome, report.attempts), (Err(Error::Slow), 0));
    let (outcome, report) = policy.run_async(async || Ok::<_, Error>(1)).report().await;
    assert_eq!((outcome, report.attempts), (Err(Error::Slow), 0));
}

static PAYMENTS: Budget = Budget::new(0.0).min_per_second(0).burst(1);
static POLICY: BudgetedPolicy<NoDelay> = Policy::from_parts(NoDelay, On::Transient, &PAYMENTS);

#[test]
fn a_static_has_a_budget_in_one_line() {
    let server = Server::failing(2, Error::Busy);
    let (outcome, report) = POLICY.blocking(|| server.call()).report();
    assert_eq!(outcome, Err(Error::Busy));
    assert_eq!(report.gave_up, Some(GiveUp::Budget));
}

/// A wrapper of any policy, without a parameter for how it classifies.
struct Generic<P> {
    server: Server,
    policy: P,
}

impl<P: AnyPolicy<Error>> Generic<P> {
    async fn call(&self) -> Result<u32, Error> {
        self.policy.view().run(async || self.server.call()).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrapper_is_generic_over_its_policy() {
    let server = || Server::failing(2, Error::Busy);
    let plain = Generic {
        server: server(),
        policy: Policy::with_backoff(NoDelay),
    };
    assert_eq!(plain.call().await, Ok(3));
    let classifier = Generic {
        server: server(),
        policy: Policy::new().on_error(|error: &Error| *error == Error::Broken),
    };
    assert_eq!(classifier.call().await, Err(Error::Busy));
    let stored = Generic {
        server: server(),
        policy: Policy::with_backoff(NoDelay).erase(),
    };
    assert_eq!(stored.call().await, Ok(3));
    let object: Arc<dyn AnyPolicy<Error> + Send + Sync> = Arc::new(Policy::with_backoff(NoDelay));
    let object = Generic {
        server: server(),
        policy: object,
    };
    assert_eq!(object.call().await, Ok(3));
}

/// Owns its policy, and the call in progress between two messages.
struct Actor {
    policy: DynPolicy<Error>,
    call: Option<Retry<'static, DynPolicy<Error>, DefaultTimer>>,
}

impl Actor {
    /// Returns the delay before the next attempt.
    fn failed(&mut self, error: Error) -> Result<Duration, Error> {
        let policy = &self.policy;
        let call = self
            .call
            .get_or_insert_with(|| policy.clone().start_owned());
        let delay = call.again(error)?.duration();
        Ok(delay)
    }
}

#[test]
fn an_actor_owns_its_policy_and_its_call() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}

    let second = Duration::from_secs(1);
    let mut actor = Actor {
        policy: Policy::fixed(second).max_attempts(2).erase(),
        call: None,
    };
    is_shared(&actor.policy);
    is_shared(&actor.call);
    assert_eq!(actor.failed(Error::Busy), Ok(second));
    assert_eq!(actor.failed(Error::Busy), Err(Error::Busy));
}

#[test]
fn a_shape_chosen_at_run_time_comes_with_a_shared_budget() {
    for linear in [false, true] {
        let delay = Duration::from_secs(1);
        let shape: Box<dyn Backoff + Send + Sync> = if linear {
            Box::new(Linear::new(delay))
        } else {
            Box::new(Fixed::new(delay))
        };
        let policy = Policy::new().budget(budget()).backoff(shape);
        let total = if linear { delay * 3 } else { delay * 2 };
        let policy: DynPolicy<Error> = policy.erase();
        assert!(policy.schedule(0).sum::<Duration>() <= total);
    }
}

#[test]
fn the_order_of_the_setters_does_not_change_the_policy() {
    let (limit, budget) = (Duration::from_secs(5), budget());
    let classifier = |error: &Error| *error == Error::Busy;
    let debug = |policy: DynPolicy<Error>| format!("{policy:?}");
    let first = Policy::new()
        .attempt_timeout(limit)
        .max_elapsed(limit)
        .budget(budget.clone())
        .on_error(classifier);
    let last = Policy::new()
        .on_error(classifier)
        .budget(budget)
        .erase()
        .max_elapsed(limit)
        .attempt_timeout(limit);
    assert_eq!(debug(first.erase()), debug(last));
}

#[tokio::test(start_paused = true)]
async fn the_setters_of_an_erased_policy_limit_its_time() {
    let second = Duration::from_secs(1);
    let policy: DynPolicy<Error> = Policy::fixed(second).budget(budget()).erase();
    let hanging = std::future::pending::<Result<(), Error>>;

    let deadline = policy.clone().deadline(second);
    let (outcome, report) = deadline.run(hanging).report().await;
    assert_eq!(outcome, Err(Error::Slow));
    assert_eq!(report.gave_up, Some(GiveUp::Deadline));

    let timeout = policy.clone().attempt_timeout(second).max_attempts(2);
    let (outcome, report) = timeout.run(hanging).report().await;
    assert_eq!((outcome, report.attempts), (Err(Error::Slow), 2));

    let max_elapsed = policy.max_elapsed(second / 2);
    let server = Server::failing(9, Error::Busy);
    let (outcome, report) = max_elapsed.run(async || server.call()).report().await;
    assert_eq!(outcome, Err(Error::Busy));
    assert_eq!(report.gave_up, Some(GiveUp::MaxElapsed));
}

#[test]
fn policies_compare() {
    let policy: DynPolicy<Error> = Policy::new().erase();
    assert_eq!(policy, policy.clone());
    assert_ne!(policy, policy.clone().max_attempts(9));
    assert_ne!(policy, Policy::new().erase());
    assert_eq!(
        Policy::new(),
        Policy::exponential(Duration::from_millis(100))
    );
}

#[test]
fn a_stored_policy_prints_every_setting() {
    let policy: DynPolicy<Error> = Policy::with_backoff(Linear::new(Duration::from_secs(7)))
        .on(On::Ambiguous)
        .max_attempts(4)
        .budget(Arc::new(Budget::new(0.3)))
        .erase()
        .maybe_attempt_timeout(Some(Duration::from_secs(11)))
        .maybe_deadline(Some(Duration::from_secs(13)))
        .maybe_max_elapsed(Some(Duration::from_secs(17)))
        .max_retry_after(Duration::from_secs(19));
    let text = format!("{policy:?}");
    for setting in [
        "Linear",
        "7s",
        "Ambiguous",
        "max_attempts: 4",
        "Budget {",
        "11s",
        "13s",
        "17s",
        "19s",
        "TimeLimit",
    ] {
        assert!(text.contains(setting), "{setting}: {text}");
    }

    let boxed: Box<dyn Backoff + Send + Sync> = Box::new(Fixed::new(Duration::from_secs(7)));
    let policy = Policy::new().backoff(boxed);
    assert!(format!("{policy:?}").contains("Fixed {"), "{policy:?}");
}

/// A marker for an error type that is foreign here.
struct Parsing;

impl Classify<Parsing> for std::str::ParseBoolError {
    fn classify(&self) -> Class {
        Class::Transient
    }
}

#[test]
fn a_policy_for_a_foreign_error_needs_no_marker() {
    struct Parser {
        policy: DynPolicy<std::str::ParseBoolError>,
    }

    let parser = Parser {
        policy: Policy::with_backoff(NoDelay).erase(),
    };
    let mut texts = ["x", "y", "true"].into_iter();
    let parsed = parser
        .policy
        .run_blocking(|| texts.next().unwrap_or_default().parse::<bool>());
    assert_eq!(parsed, Ok(true));
}
