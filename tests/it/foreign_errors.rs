//! Errors of other crates: `on = causes(..)` for those that hide what they are, `via` for those that two crates
//! classify.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io;

use anyhow::Context as _;
use retryable::{
    Class, Classify, GiveUp, NoDelay, On, Policy, TimedOut, causes, http, retryable, transient,
};

#[derive(Debug, thiserror::Error, Classify)]
enum ApiError {
    #[error("busy")]
    #[classify(transient)]
    Busy,
    #[error("not found")]
    NotFound,
}

/// Two crates' markers for the same foreign error.
struct Storage;
struct Network;

impl Classify<Storage> for fmt::Error {
    fn classify(&self) -> Class {
        Class::Permanent
    }
}

impl Classify<Network> for fmt::Error {
    fn classify(&self) -> Class {
        Class::Ambiguous
    }
}

type Boxed = Box<dyn Error + Send + Sync>;

fn next(calls: &Cell<u32>) {
    calls.set(calls.get() + 1);
}

/// How many calls a function makes.
fn count<T, E>(call: impl FnOnce(&Cell<u32>) -> Result<T, E>) -> u32 {
    let calls = Cell::new(0);
    assert!(call(&calls).is_err());
    calls.get()
}

mod opaque {
    use super::*;

    #[retryable(backoff = "none", on = causes(ApiError, http::Error, reqwest::Error, io::Error,))]
    fn load(calls: &Cell<u32>, error: fn() -> anyhow::Error) -> anyhow::Result<()> {
        next(calls);
        Err(error())
    }

    #[test]
    fn a_listed_cause_decides() {
        let count = |error: fn() -> anyhow::Error| count(|calls| load(calls, error));
        assert_eq!(count(|| ApiError::Busy.into()), 3);
        assert_eq!(count(|| ApiError::NotFound.into()), 1);
        assert_eq!(count(|| io::Error::from(io::ErrorKind::TimedOut).into()), 3);
        assert_eq!(count(|| anyhow::anyhow!("words")), 1);
    }

    #[test]
    fn a_class_that_was_said_in_place_counts() {
        fn read() -> anyhow::Result<()> {
            Err(transient(ApiError::NotFound)).context("reading")
        }
        assert_eq!(count(|calls| load(calls, || read().unwrap_err())), 3);
    }

    #[retryable(backoff = "none", on = causes(ApiError, io::Error))]
    fn report(calls: &Cell<u32>, error: fn() -> eyre::Report) -> eyre::Result<()> {
        next(calls);
        Err(error())
    }

    #[test]
    fn a_listed_cause_in_a_report_of_eyre_decides() {
        let count = |error: fn() -> eyre::Report| count(|calls| report(calls, error));
        assert_eq!(count(|| ApiError::Busy.into()), 3);
        assert_eq!(
            count(|| eyre::Report::new(ApiError::Busy).wrap_err("loading")),
            3
        );
        assert_eq!(count(|| ApiError::NotFound.into()), 1);
        assert_eq!(count(|| eyre::eyre!("words")), 1);
    }

    #[retryable(max = 2, backoff = "none", on = causes(io::Error), on_give_up = |event| reason.set(Some(event.reason)))]
    async fn noted(calls: &Cell<u32>, reason: &Cell<Option<GiveUp>>) -> Result<(), Box<dyn Error>> {
        next(calls);
        Err(io::Error::from(io::ErrorKind::TimedOut))?
    }

    #[retryable(backoff = "none", attempt_timeout = "10ms", deadline = "1s", on = causes(ApiError))]
    async fn slow(calls: &Cell<u32>) -> anyhow::Result<()> {
        next(calls);
        std::future::pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_with_hooks_and_limits_of_time() {
        let (calls, reason) = (Cell::new(0), Cell::new(None));
        assert!(noted(&calls, &reason).await.is_err());
        assert_eq!((calls.take(), reason.get()), (2, Some(GiveUp::Exhausted)));
        // What the call's own limit cut off need not be listed.
        assert!(slow(&calls).await.unwrap_err().is::<TimedOut>());
        assert_eq!(calls.get(), 3);
    }

    struct Client {
        calls: Cell<u32>,
    }

    #[retryable(backoff = "none", on = causes(ApiError, io::Error))]
    impl Client {
        #[retryable]
        fn inherits(&self) -> Result<(), Boxed> {
            next(&self.calls);
            Err(ApiError::Busy)?
        }

        #[retryable(on = "any")]
        fn says_otherwise(&self) -> Result<(), ApiError> {
            next(&self.calls);
            Err(ApiError::NotFound)
        }
    }

    #[test]
    fn methods_take_the_list_of_their_block() {
        let calls = Cell::new(0);
        let client = Client { calls };
        assert!(client.inherits().is_err());
        assert_eq!(client.calls.take(), 3);
        assert!(client.says_otherwise().is_err());
        assert_eq!(client.calls.take(), 3);
    }

    #[test]
    fn a_policy_takes_the_same_list() {
        let policy = Policy::with_backoff(NoDelay).on_error(causes::<(ApiError, io::Error)>());
        let calls = Cell::new(0);
        let outcome = policy.run_blocking(|| -> anyhow::Result<()> {
            next(&calls);
            Err(ApiError::Busy)?
        });
        assert!(outcome.is_err());
        assert_eq!(calls.get(), 3);
    }
}

mod twice {
    use super::*;

    #[retryable(backoff = "none", on = "ambiguous", via = Network)]
    fn by_network(calls: &Cell<u32>) -> Result<(), fmt::Error> {
        next(calls);
        Err(fmt::Error)
    }

    #[retryable(backoff = "none", on = "ambiguous", via = Storage)]
    fn by_storage(calls: &Cell<u32>) -> Result<(), fmt::Error> {
        next(calls);
        Err(fmt::Error)
    }

    #[retryable(backoff = "none", via = Network)]
    fn on_is_a_separate_key(calls: &Cell<u32>) -> Result<(), fmt::Error> {
        next(calls);
        Err(fmt::Error)
    }

    #[test]
    fn via_says_which_impl_counts() {
        assert_eq!(count(by_network), 3);
        assert_eq!(count(by_storage), 1);
        assert_eq!(count(on_is_a_separate_key), 1);
    }

    const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).on(On::Ambiguous);

    #[retryable(policy = POLICY, via = Network)]
    fn by_policy(calls: &Cell<u32>) -> Result<(), fmt::Error> {
        next(calls);
        Err(fmt::Error)
    }

    #[retryable(policy = POLICY, via = Storage, until = |value| *value == 3)]
    async fn until(calls: &Cell<u32>) -> Result<u32, fmt::Error> {
        next(calls);
        Ok(calls.get())
    }

    #[retryable(backoff = "none", via = Network, on = "any", max_elapsed = "1m", budget = "500%", name = "all")]
    async fn with_every_setting(calls: &Cell<u32>) -> Result<u32, fmt::Error> {
        next(calls);
        Err(fmt::Error)
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_with_a_policy_and_every_other_key() {
        assert_eq!(count(by_policy), 3);
        assert_eq!(until(&Cell::new(0)).await, Ok(3));
        let calls = Cell::new(0);
        assert!(with_every_setting(&calls).await.is_err());
        assert_eq!(calls.get(), 3);
    }

    /// A marker may be generic, and be a parameter of the function.
    struct By<T>(T);

    impl Classify<By<u8>> for std::num::ParseIntError {
        fn classify(&self) -> Class {
            Class::Transient
        }
    }

    #[retryable(backoff = "none", via = By<u8>)]
    fn generic(calls: &Cell<u32>) -> Result<u8, std::num::ParseIntError> {
        next(calls);
        "x".parse()
    }

    #[retryable(backoff = "none", via = V)]
    fn parameter<V>(calls: &Cell<u32>, error: fmt::Error) -> Result<(), fmt::Error>
    where
        fmt::Error: Classify<V>,
    {
        next(calls);
        Err(error)
    }

    #[test]
    fn the_marker_is_any_type() {
        let _ = By(0_u8).0;
        assert_eq!(count(generic), 3);
        assert_eq!(count(|calls| parameter::<Storage>(calls, fmt::Error)), 1);
    }
}

#[test]
fn a_policy_names_the_marker_in_a_classifier() {
    let policy = Policy::with_backoff(NoDelay).on_error(Classify::<Network>::classify);
    let calls = Cell::new(0);
    let outcome: Result<(), fmt::Error> = policy.run_blocking(|| {
        next(&calls);
        Err(fmt::Error)
    });
    assert!(outcome.is_err());
    // An ambiguous failure, which a classifier's ladder does not retry.
    assert_eq!(calls.get(), 1);
}
