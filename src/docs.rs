//! Longer pages, one for each question. They are in the documentation only: code cannot name them.
//!
//! A page defines its links at its end: other pages, and for an item of this crate the file with its source. They are for
//! readers of the repository. Here, `docs/links.md` comes before, and the first definition of a link counts.

/// From an empty crate to a call that is retried, tested and visible.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/getting-started.md")]
#[cfg(all(feature = "reqwest", feature = "test-util"))]
pub mod getting_started {}

/// Which errors are worth another attempt.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/which-errors.md")]
pub mod which_errors {}

/// Every setting, with its default.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/settings.md")]
pub mod settings {}

/// Which limit ends what, and by which clock.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/deadlines.md")]
pub mod deadlines {}

/// A circuit breaker inside the attempt.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/with-a-breaker.md")]
pub mod with_a_breaker {}

/// What other retry libraries for Rust do.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/comparison.md")]
pub mod comparison {}

/// From backon, tokio-retry, again, tenacity, Polly or resilience4j.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/migrating.md")]
#[cfg(all(
    feature = "backoff",
    feature = "reqwest",
    feature = "test-util",
    feature = "observe"
))]
pub mod migrating {}

/// Policies from a file, the environment or the command line, and policies that change while the program runs.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/configuring.md")]
#[cfg(all(feature = "overrides", feature = "live"))]
pub mod configuring {}
/// Which `max`, `base`, `cap` and budget suit a service, by a simulation.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/choosing-settings.md")]
#[cfg(all(feature = "config", feature = "reqwest-chaos"))]
pub mod choosing_settings {}

/// Which policy survives an outage of 0.1 s, 1 s or 10 s.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/outages.md")]
pub mod outages {}

/// What retries do to a server in trouble, and what to set.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/retries-at-scale.md")]
#[doc = ""]
#[doc = "# Charts"]
#[doc = ""]
#[doc = include_str!("../docs/charts/storm-with-and-without.svg")]
#[doc = ""]
#[doc = include_str!("../docs/charts/storm-1.svg")]
#[doc = ""]
#[doc = include_str!("../docs/charts/storm-3-multiply.svg")]
#[doc = ""]
#[doc = include_str!("../docs/charts/jitter-calls.svg")]
#[doc = ""]
#[doc = include_str!("../docs/charts/jitter-time.svg")]
pub mod retries_at_scale {}

/// The delays, hints and budgets that other libraries publish: which hold here, and which differ on purpose.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/published-values.md")]
pub mod published_values {}

/// Tests of code that retries: without waiting, without retries, with outcomes from a script.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/testing.md")]
#[doc = "```rust,ignore"]
#[doc = include_str!("../docs/testing_example.rs")]
#[doc = "```"]
#[cfg(feature = "test-util")]
pub mod testing {}

/// Faults for the requests of a service, to see what its retries do in an outage.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/rehearsing.md")]
#[cfg(feature = "reqwest-chaos")]
pub mod rehearsing {}

/// Logs, metrics and traces of retries, what to ask of them, and when to alert.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/observing.md")]
#[doc = ""]
#[doc = "# Chart"]
#[doc = ""]
#[doc = include_str!("../docs/charts/observe.svg")]
#[cfg(feature = "tracing")]
pub mod observing {}

/// Errors of other crates, and errors that hide what they are.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/foreign-errors.md")]
pub mod foreign_errors {}

/// Transactions, SQLSTATEs, and clients of databases that retry by themselves.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/databases.md")]
pub mod databases {}

/// Status codes of gRPC, pushback, and which calls may be repeated.
///
#[doc = include_str!("../docs/links.md")]
// Its code uses `retry-tonic`, on which this crate does not depend. The tests of that crate compile it.
#[cfg_attr(not(doctest), doc = include_str!("../docs/grpc.md"))]
pub mod grpc {}

/// What to do when a call gave up: a cached value, a queue, an outbox.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/when-retries-are-used-up.md")]
pub mod when_retries_are_used_up {}

/// Timers: tokio, smol, browsers and node, embassy, threads, and your own.
///
#[doc = include_str!("../docs/links.md")]
#[doc = include_str!("../docs/runtimes.md")]
#[cfg(feature = "smol")]
pub mod runtimes {}
