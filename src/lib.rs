//! Declarative retries for async and blocking Rust: annotate a function, classify its errors, and get backoff,
//! deadlines, retry budgets and `Retry-After` handling.
//!
//! ```
//! use retryable::{Classify, retryable};
//!
//! #[derive(Debug, PartialEq, Classify)]
//! enum ApiError {
//!     #[classify(transient)]
//!     Busy,
//!     NotFound, // no class: permanent
//! }
//!
//! // `max` is the number of attempts: the first one and up to four retries.
//! #[retryable(max = 5, backoff = "exp", on = "transient")]
//! async fn user(id: u64) -> Result<String, ApiError> {
//!     // … call an API …
//! #   if id == 0 { return Err(ApiError::NotFound) }
//! #   if false { return Err(ApiError::Busy) }
//!     Ok(format!("user {id}"))
//! }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! assert_eq!(user(7).await, Ok("user 7".to_owned()));
//! assert_eq!(user(0).await, Err(ApiError::NotFound)); // one attempt: a second one would fail the same way
//! # });
//! ```
//!
//! # Where to look
//!
//! | to | see |
//! |---|---|
//! | get a first call retried, tested and logged | [getting started](docs::getting_started) |
//! | annotate a function | [`macro@retryable`]: every key, with an example, and what it expands to |
//! | decide which errors to retry | [which errors](docs::which_errors) |
//! | declare it | [`Classify`](trait@Classify) and its [derive](macro@Classify), [`Class`], [`On`] |
//! | classify one error where it is returned | [`transient`], [`permanent`], [`refused`], [`ambiguous`], [`throttled`] |
//! | retry errors of other crates, `anyhow::Error`, `Box<dyn Error>` | [foreign errors](docs::foreign_errors), [`causes()`] |
//! | retry transactions of a database | [databases](docs::databases), [`sqlstate`] |
//! | retry calls of gRPC | [gRPC](docs::grpc), [`grpc`] |
//! | wrap a call | [`Policy`]: [`run`](Policy::run), [`run_async`](Policy::run_async), [`run_blocking`](Policy::run_blocking), [`blocking`](Policy::blocking) |
//! | write the loop yourself | [`Policy::start`], [`Retry::again`] |
//! | read a policy from a file or the environment | [`config::PolicyConfig`], with the feature `config` |
//! | change settings of calls by their names while the program runs | [`config::Overrides`], with the feature `overrides` |
//! | store a policy in a struct, or set it at run time | [`DynPolicy`], made by [`Policy::erase`] |
//! | choose delays | [`Exponential`], [`Fixed`], [`Linear`], [`Fibonacci`], [`Decorrelated`], [`NoDelay`], [`backoff::repeat_last`], [`Jitter`], or your own: [`Backoff`], [`backoff::from_fn`] |
//! | preview delays, describe a policy | [`Policy::schedule`], [`Policy::describe`] |
//! | log, count and trace retries, and alert | [observing](docs::observing) |
//! | log and count one call | [`RetryEvent`], [`GiveUpEvent`], [`Report`] |
//! | see every retry in logs | [`observe`], with the feature `tracing`; with the text of errors: [`log`] |
//! | see every attempt of an HTTP request in traces | [`http::RetryClient::spans`], with the feature `tracing` |
//! | count every retry | [`observe::Observer`], with the feature `observe` |
//! | write `http.request.resend_count` in a span | [`resend_count`] |
//! | look up a setting and its default | [settings](docs::settings) |
//! | choose `max`, `base`, `cap` and a budget | [choosing settings](docs::choosing_settings), with a simulation |
//! | limit the time of an attempt or a call | [deadlines](docs::deadlines) |
//! | limit retries in an outage | [`Budget`], [`Nested`], [`RetryBudget`] |
//! | survive a restart or an outage | [outages](docs::outages): what 0.1 s, 1 s and 10 s require of a policy |
//! | call a service that many clients call | [retries at scale](docs::retries_at_scale): what to set, and why |
//! | read the number of the current attempt | [`attempt()`] |
//! | limit retries across services | [`server`], with the feature `server`; [`Upstream`] |
//! | call HTTP APIs with reqwest | [`http`], with the feature `reqwest` |
//! | call HTTP APIs with another client | [clients](http::docs::clients), with the feature `http` |
//! | retry in a stack of tower | [`tower`], with the feature `tower`; for reqwest, `http::RetryLayer` |
//! | return something else when retries are used up | [`fallback`](macro@retryable#fallback), [used up](docs::when_retries_are_used_up) |
//! | run in smol, in a browser, on a microcontroller, on a thread | [runtimes](docs::runtimes) |
//! | wait with another timer | [`timer`](macro@retryable#timer), [`Timer`], [`Policy::run_with`] |
//! | test code that retries | [testing](docs::testing), [`testing`], with the feature `test-util` |
//! | check in a test how often code retried, and when | [`testing::record()`], [`testing::record_async`] |
//! | add a circuit breaker | [with a breaker](docs::with_a_breaker) |
//! | migrate from backon, tenacity, Polly and others | [migrating](docs::migrating) |
//! | replace a policy while the program runs | `LivePolicy`, with the feature `live` |
//! | retry as AWS, gRPC, Stripe or Envoy do | [`presets`] |
//! | compare with the values that other libraries publish | [published values](docs::published_values) |
//! | migrate from `backoff` | [`migrate`], with the feature `backoff` |
//! | name what a call returns or a setter requires | [`types`] |
//!
//! # How a decision is made
//!
//! When an attempt fails, these rules apply in this order:
//!
//! 1. If the class of the error is not on the ladder ([`On`]), stop with [`GiveUp::NotRetryable`].
//! 2. If no attempts are left, or the backoff returns no delay, stop with [`GiveUp::Exhausted`].
//! 3. If a retry nested in the attempt gave up, stop with [`GiveUp::Nested`].
//! 4. If the server asked for a longer wait than [`max_retry_after`](Policy::max_retry_after), stop
//!    with [`GiveUp::HintTooLong`]; with [`cut_retry_after`](Policy::cut_retry_after), shorten it to that.
//! 5. The delay is that of the backoff. If the server asked for a wait, it is never shorter than that, plus up to
//!    10 %, as far as the deadline allows.
//! 6. If the wait would reach the [`deadline`](Policy::deadline), stop with [`GiveUp::Deadline`]. If it would pass
//!    [`max_elapsed`](Policy::max_elapsed), stop with [`GiveUp::MaxElapsed`]. Both stop at once, without sleeping.
//! 7. If the budget is empty, stop with [`GiveUp::Budget`].
//! 8. Otherwise wait. If the wait ends too late for rule 6, no attempt follows.
//!
//! The caller receives its own error, unchanged.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `tokio` | yes | tokio's timer, for `async fn`, [`Policy::run`] and the `.await` of a [`Delay`] |
//! | `smol` | no | the timer of smol and async-std: [`SmolTimer`]. In a tokio runtime, `tokio` has precedence: [`DefaultTimer`] |
//! | `wasm` | no | timer, clock and entropy of JavaScript, for wasm32-unknown-unknown: pages, workers and node |
//! | `http` | no | the part of [`http`] for every HTTP client: classes of responses and hints |
//! | `reqwest` | no | `reqwest::Error` implements `Classify`; whole requests are retried: [`http`] |
//! | `reqwest-blocking` | no | the same for `reqwest::blocking`: `http::blocking` |
//! | `reqwest-json` | no | `json` of [`http::RetryRequest`] and [`http::Response`] |
//! | `reqwest-stream` | no | [`http::Response`]'s `bytes_stream` |
//! | `reqwest-multipart` | no | multipart forms from [`http::ReplayBody::from_fn`] |
//! | `reqwest-middleware` | no | `http::RetryMiddleware`, for reqwest-middleware |
//! | `reqwest-tower` | no | `http::RetryLayer`, a tower layer for clients |
//! | `reqwest-chaos` | no | `http::Chaos`: faults that are injected into requests, to rehearse an outage |
//! | `server` | no | [`server`], also [`http::UpstreamLayer`]: a tower layer for servers that retry calls of other services; without a client |
//! | `reqwest-server` | no | `reqwest` and `server` |
//! | `tower` | no | [`tower`]: a layer that retries the requests of any service, and policies for `tower::retry` |
//! | `live` | no | `LivePolicy`, a policy that is replaced while the program runs |
//! | `observe` | no | [`observe`]: an observer of every call, of the process or of a policy |
//! | `tracing` | no | events of every retry for the crate `tracing`: [`observe`]. It enables `observe`. With `reqwest`, spans of attempts: [`http::RetryClient::spans`] |
//! | `metrics` | no | counters and histograms of every call for the crate `metrics`: [`observe`]. It enables `observe` |
//! | `config` | no | [`config`]: policies from TOML, JSON, YAML or a line of text |
//! | `overrides` | no | [`config::Overrides`]: settings of calls by their names, changed while the program runs. It enables `config` |
//! | `backoff` | no | runs code that was written for the unmaintained crate `backoff`: [`migrate`] |
//! | `test-util` | no | for dev-dependencies: [`testing`], `VirtualTimer`, `for_test` of [`RetryEvent`] and [`GiveUpEvent`]; `http::testing`, a server that misbehaves on demand. It enables `observe` |
//!
//! Each `reqwest-…` feature enables `reqwest`, and `reqwest` enables `tokio` and `http`. `server` enables `http`.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(doc, doctest))]
pub mod docs;
#[cfg(feature = "http")]
pub mod http;
pub mod types;

// The attributes.
pub use retry_macros::{Classify, retryable};

// What an error means for the next attempt.
pub use retry_core::{
    Class, Classified, Classify, On, ambiguous, causes, permanent, refused, throttled, transient,
};

// Policies, and the ways to run them. `TimeLimit`, `SoftLimit` and `Unlimited` are parameters of a `Policy` in a `static`.
pub use retry_core::{
    AnyPolicy, BudgetedPolicy, Decision, Delay, DynPolicy, InvalidPolicy, Nested, Policy, Retry,
    SoftLimit, TimeLimit, TimedOut, Unlimited,
};

// How long to wait.
pub use retry_core::{
    Backoff, Decorrelated, Exponential, Fibonacci, Fixed, Jitter, Linear, NoDelay, Step, backoff,
};

// What other systems do.
pub use retry_core::presets;

// How many retries many calls may make together.
pub use retry_core::{AdaptiveThrottle, Budget, NoBudget, RetryBudget, RetryQuota, TokenRatio};

// What a call reports, and what an attempt knows.
pub use retry_core::{
    Attempt, GiveUp, GiveUpEvent, Report, RetryEvent, Upstream, attempt, note_give_up, resend_count,
};

// Clocks and timers.
#[cfg(all(feature = "smol", not(target_family = "wasm")))]
pub use retry_core::SmolTimer;
#[cfg(feature = "test-util")]
pub use retry_core::VirtualTimer;
pub use retry_core::{BlockingTimer, Clock, DefaultTimer, Moment, Timer};

// What codes of other protocols mean.
pub use retry_core::{grpc, sqlstate};

// What every call of the process reports.
#[cfg(feature = "tracing")]
pub use retry_core::log;
#[cfg(feature = "observe")]
pub use retry_core::observe;

#[cfg(feature = "live")]
pub use retry_core::LivePolicy;

// Policies from configuration.
#[cfg(feature = "config")]
pub use retry_core::config;

#[cfg(feature = "backoff")]
pub use retry_core::migrate;
#[cfg(feature = "test-util")]
pub use retry_core::testing;
#[cfg(feature = "tower")]
pub use retry_core::tower;
#[cfg(feature = "server")]
pub use retry_http::server;

#[doc(hidden)]
pub use retry_core::__private_0_1;

/// The README's examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// So are those of the macros. As tests of `retry-macros`, they would have the facade compiled a second time, for the host.
#[cfg(doctest)]
#[doc = include_str!("../retry-macros/docs/retryable.md")]
#[doc = include_str!("../retry-macros/docs/classify.md")]
struct Macros;
