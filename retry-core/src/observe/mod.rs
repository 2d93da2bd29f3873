//! Observers, which see every retry of the process: for logs, metrics and tests.
//!
//! The feature `tracing` is such an observer, which writes these events:
//!
//! | when | target | level | fields |
//! |---|---|---|---|
//! | a retry is scheduled | `retryable::retry` | DEBUG | `retry.name`, `retry.attempt`, `retry.max`, `retry.class`, `error.type`, `retry.delay_ms`, and `retry.hint_ms` if the server sent a hint |
//! | a call succeeds after retries | `retryable::recovered` | INFO | `retry.name`, `retry.attempts`, and `retry.elapsed_ms` if the call is measured |
//! | a call gives up | `retryable::give_up` | WARN | as for a retry, without the delay, and `retry.attempts`, `retry.reason` |
//! | a first attempt fails with an error that is not retried, such as a 404 | `retryable::give_up` | DEBUG | the same |
//!
//! No event is ERROR: the caller has the error, and may handle it. A filter selects events by target, such as
//! `RUST_LOG=retryable::retry=debug`. No field has the text of an error or of an argument; the hooks in
//! `retryable::log` write it for calls that ask for it.
//!
//! The feature `metrics` is another one. It records these metrics with the recorder of the crate `metrics`, if there is
//! one. Each has the label `name`, and the label in the table:
//!
//! | name | kind | label | when |
//! |---|---|---|---|
//! | `retryable_calls_total` | counter | `kind`: `succeeded`, `succeeded_after_retry`, `failed`, `failed_after_retry` | a call ends |
//! | `retryable_retries_total` | counter | `class`: the words of [`Class::name`](crate::Class::name) | a retry is scheduled |
//! | `retryable_give_ups_total` | counter | `reason`: the words of [`GiveUp::name`](crate::GiveUp::name) | a call gives up |
//! | `retryable_attempts` | histogram | | a call with more than one attempt ends |
//! | `retryable_wait_seconds` | histogram | | the same calls: the sum of their waits |

mod event;
#[cfg(feature = "metrics")]
mod metrics;
mod observer;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "metrics")]
pub use event::Called;
pub use event::{Facts, GaveUp, Recovered, Retrying};
pub use observer::{AlreadySet, Observer, set_observer};

#[cfg(feature = "metrics")]
pub(crate) use observer::is_every_call_wanted;
pub(crate) use observer::{OwnObserver, is_wanted, notify};
