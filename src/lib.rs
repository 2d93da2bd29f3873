//! Retries at the right time, for the right errors, in the right way.
//!
//! ```
//! use retryable::{Classify, retryable};
//!
//! #[derive(Debug, PartialEq, Classify)]
//! enum ApiError {
//!     #[classify(transient)]
//!     Busy,
//!     NotFound, // says nothing: permanent
//! }
//!
//! // `max` counts calls in all: the first one, and up to four retries.
//! #[retryable(max = 5, backoff = "exp", on = "transient")]
//! async fn user(id: u64) -> Result<String, ApiError> {
//!     // … call an API …
//! #   if id == 0 { return Err(ApiError::NotFound) }
//! #   if false { return Err(ApiError::Busy) }
//!     Ok(format!("user {id}"))
//! }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! assert_eq!(user(7).await, Ok("user 7".to_owned()));
//! assert_eq!(user(0).await, Err(ApiError::NotFound)); // one call: another would end the same way
//! # });
//! ```
//!
//! # Where to look
//!
//! | to | see |
//! |---|---|
//! | annotate a function | [`macro@retryable`]: every key, with an example, and what it expands to |
//! | say which errors are worth another attempt | [`Classify`](trait@Classify) and its [derive](macro@Classify), [`Class`], [`On`] |
//! | say so in place | [`transient`], [`permanent`], [`refused`], [`ambiguous`], [`throttled`] |
//! | store a policy in a struct, or choose its settings at run time | [`DynPolicy`], made by [`Policy::erase`] |
//! | retry errors of other crates, `anyhow::Error`, `Box<dyn Error>` | [foreign errors](docs::foreign_errors); [`causes()`] |
//! | wrap a call | [`Policy`]: [`run`](Policy::run), [`run_blocking`](Policy::run_blocking), [`blocking`](Policy::blocking) |
//! | write the loop yourself | [`Policy::start`], [`Retry::again`] |
//! | choose delays | [`Exponential`], [`Fixed`], [`Linear`], [`Fibonacci`], [`Decorrelated`], [`NoDelay`], [`Jitter`], or your own: [`Backoff`], [`backoff::from_fn`] |
//! | preview delays | [`Policy::schedule`] |
//! | log and count | [`RetryEvent`], [`GiveUpEvent`], [`Report`] |
//! | keep an outage from multiplying calls | [`Budget`], [`Nested`], [`RetryBudget`] |
//! | outlast a restart or an outage | [outages](docs::outages): what 0.1 s, 1 s and 10 s need of a policy |
//! | call a service that others call too | [retries at scale](docs::retries_at_scale): what to set, and why |
//! | know in an attempt which it is | [`attempt()`] |
//! | keep services from multiplying each other's retries | [`http`], with the feature `reqwest-server`; [`Upstream`] |
//! | call HTTP APIs with reqwest | [`http`], with the feature `reqwest` |
//! | wait by another timer | [`Timer`], [`Policy::run_with`] |
//! | test code that retries | tokio's paused clock, or `VirtualTimer` with the feature `test-util` |
//! | move over from `backoff` | [`migrate`], with the feature `backoff` |
//!
//! # What is decided, and in which order
//!
//! When an attempt fails:
//!
//! 1. its class is not on the ladder of [`On`]: stop, [`GiveUp::NotRetryable`];
//! 2. the attempts are used up, or the backoff has no further delay: [`GiveUp::Exhausted`];
//! 3. a retry nested in the attempt gave up: [`GiveUp::Nested`];
//! 4. the server asked for a longer wait than
//!    [`max_retry_after`](Policy::max_retry_after): [`GiveUp::HintTooLong`];
//! 5. the delay is that of the backoff, and never less than what the server asked for, plus up to a
//!    tenth of it, as far as the deadline leaves room for that;
//! 6. the wait would reach the [`deadline`](Policy::deadline): [`GiveUp::Deadline`], or would pass
//!    [`max_elapsed`](Policy::max_elapsed): [`GiveUp::MaxElapsed`], at once;
//! 7. the budget is empty: [`GiveUp::Budget`];
//! 8. otherwise wait. If the wait ends too late for 6, no attempt follows.
//!
//! The error that comes back is the caller's own, unchanged.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `tokio` | yes | tokio's timer, for `async fn`, [`Policy::run`] and [`Delay`]'s `.await` |
//! | `reqwest` | no | `reqwest::Error` classifies itself; helpers in [`http`] |
//! | `backoff` | no | moving over from the unmaintained crate of that name: [`migrate`] |
//! | `test-util` | no | `VirtualTimer`; `for_test` of [`RetryEvent`] and [`GiveUpEvent`] |
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(doc, doctest))]
pub mod docs;
#[cfg(feature = "reqwest")]
pub mod http;

// The attributes.
pub use retry_macros::{Classify, retryable};

// What an error means for the next attempt.
pub use retry_core::{
    Causes, Class, Classified, Classify, On, ambiguous, causes, permanent, refused, throttled,
    transient,
};

// Policies, and the ways to run them.
pub use retry_core::{
    AnyPolicy, Blocking, BudgetedPolicy, Decision, Delay, DynPolicy, InvalidPolicy, Nested, Policy,
    PolicyView, Reported, Retry, Run, RunAsync, Schedule, TimedOut,
};

// How long to wait.
pub use retry_core::{
    Backoff, Decorrelated, Exponential, Fibonacci, Fixed, Jitter, Linear, NoDelay, Step, backoff,
};

// How many retries many calls may make together.
pub use retry_core::{AdaptiveThrottle, Budget, NoBudget, RetryBudget, RetryQuota, TokenRatio};

// What a call reports, and what an attempt knows.
pub use retry_core::{
    Attempt, GiveUp, GiveUpEvent, Report, RetryEvent, Upstream, attempt, note_give_up,
};

// Clocks and timers.
#[cfg(feature = "tokio")]
pub use retry_core::DefaultSleep;
pub use retry_core::{BlockingTimer, Clock, DefaultTimer, Moment, Timer};
#[cfg(feature = "test-util")]
pub use retry_core::{VirtualSleep, VirtualTimer};

#[cfg(feature = "backoff")]
pub use retry_core::migrate;

// What the types above name: parameters, and the bounds on them.
pub use retry_core::{
    AsPolicy, AttemptLimit, BlockingLimit, CauseList, Erased, ErasedLimit, FromTimedOut, Hooks,
    Limited, NoHook, OnGiveUp, OnRetry, Opaque, Pause, Rule, RunningAsync, SoftLimit, TimeLimit,
    Timed, Unlimited, Until,
};

#[doc(hidden)]
pub use retry_core::__private_0_1;

/// The README's examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
