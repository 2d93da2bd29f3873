//! Deciding when and how to try again.
//!
//! This crate holds what `#[retryable]` and its adapters stand on: what an error means for the next
//! attempt ([`Classify`], [`Class`], [`On`]), how long to wait ([`Backoff`] and its shapes), policies
//! as values ([`Policy`]), and a state machine that does no I/O and never sleeps. Everything that
//! retries is a thin driver over that one machine:
//!
//! ```text
//! #[retryable] fn ─┐
//! policy.run(..)  ─┤                      ┌─ tokio sleep
//! retry.again(e)? ─┼─►  Retry::decide ─►──┼─ std::thread::sleep
//! policy.blocking ─┘      (no I/O)        └─ any other timer
//! ```
//!
//! Most users depend on the facade `retryable`, which re-exports all of this.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

// First, because it defines a macro.
#[macro_use]
mod describe;

pub mod backoff;
mod budget;
mod class;
mod classify;
#[cfg(feature = "config")]
pub mod config;
mod context;
mod event;
mod give_up;
pub mod grpc;
mod invalid_policy;
#[cfg(feature = "tracing")]
pub mod log;
mod machine;
mod macro_support;
mod measure;
#[cfg(feature = "backoff")]
pub mod migrate;
mod policy;
pub mod presets;
mod rng;
mod schedule;
mod sealed;
pub mod sqlstate;
#[cfg(feature = "test-util")]
pub mod testing;
mod timed_out;
mod timer;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))]
mod web;

// Here and not at the first wait, where it would be a trap without a message.
#[cfg(all(
    any(feature = "smol", feature = "tokio"),
    not(feature = "wasm"),
    target_family = "wasm",
    target_os = "unknown"
))]
compile_error!(
    "tokio and smol have no timer on this target: enable the feature `wasm`, which waits with JavaScript's, or \
     disable the default features and pass your own timer"
);

// After `policy`, because rustdoc keeps this order: the page of `Policy` opens with its constructors.
mod driver;
#[cfg(feature = "observe")]
pub mod observe;

pub use backoff::backoff::Backoff;
pub use backoff::decorrelated::Decorrelated;
pub use backoff::exponential::Exponential;
pub use backoff::fibonacci::Fibonacci;
pub use backoff::fixed::Fixed;
pub use backoff::jitter::Jitter;
pub use backoff::linear::Linear;
pub use backoff::no_delay::NoDelay;
pub use backoff::step::Step;
#[cfg(feature = "std")]
pub use budget::AdaptiveThrottle;
#[cfg(target_has_atomic = "32")]
pub use budget::{Budget, RetryQuota, TokenRatio};
pub use budget::{NoBudget, RetryBudget};
pub use class::{Class, On};
pub use classify::{
    Causes, Classified, Classify, Rule, ambiguous, causes, permanent, refused, throttled, transient,
};
#[cfg(feature = "std")]
pub use context::{Attempt, Upstream, attempt, note_give_up, resend_count};
pub use driver::{Blocking, Delay, Reported, Retry, Run, RunAsync};
pub use event::{GiveUpEvent, RetryEvent};
pub use give_up::{GiveUp, Report};
pub use invalid_policy::InvalidPolicy;
pub use machine::Decision;
#[cfg(target_has_atomic = "32")]
pub use policy::BudgetedPolicy;
#[cfg(feature = "alloc")]
pub use policy::DynPolicy;
#[cfg(feature = "live")]
pub use policy::LivePolicy;
pub use policy::{
    AnyPolicy, AsPolicy, BlockingLimit, Description, Nested, Policy, PolicyView, SoftLimit,
    TimeLimit, Unlimited,
};
pub use schedule::Schedule;
pub use timed_out::TimedOut;
#[cfg(any(feature = "smol", feature = "tokio", feature = "wasm"))]
pub use timer::DefaultSleep;
pub use timer::{BlockingTimer, Clock, DefaultTimer, Moment, Timer};
#[cfg(all(feature = "smol", not(target_family = "wasm")))]
pub use timer::{SmolSleep, SmolTimer};
#[cfg(feature = "test-util")]
pub use timer::{VirtualSleep, VirtualTimer};

// Public because signatures show them. Users can name them, but rarely need to, so the documentation omits them.
#[doc(hidden)]
pub use classify::{CauseList, Opaque, Summary};
#[doc(hidden)]
pub use driver::{Awaited, Hooks, NoHook, OnGiveUp, OnRetry, Pause, RunningAsync, Until};
#[doc(hidden)]
pub use policy::{AttemptLimit, Erased, ErasedLimit, Limited, Part, StaticLimit, Timed};
#[doc(hidden)]
pub use timed_out::FromTimedOut;

// The name contains the version, so that generated code compiles only with its own version of this crate.
#[doc(hidden)]
pub use macro_support::exports as __private_0_1;
