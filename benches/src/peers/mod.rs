//! The peers, each set up as its own documentation recommends, to do the same work.
//!
//! Every module has two functions. `call` makes three attempts at most, waits an exponential delay from
//! 100 ms to 20 s between them, with full jitter if the peer has it, and retries only errors that are
//! transient. `at_once` makes a thousand attempts at most and waits for no time.

pub mod again;
pub mod backoff;
pub mod backon;
pub mod by_hand;
pub mod mulligan;
mod ours;
pub mod retry_if;
pub mod retrying;
pub mod tokio_retry;
pub mod tokio_retry2;
pub mod tower;

pub use ours::{attribute, explicit, run};

use std::time::Duration;

/// The delay before the first retry.
pub const BASE: Duration = Duration::from_millis(100);
/// The longest delay.
pub const CAP: Duration = Duration::from_secs(20);
/// The maximum number of attempts, the first included.
pub const ATTEMPTS: u32 = 3;
/// The maximum number of attempts of `at_once`.
pub const MANY: u32 = 1000;

/// The only error: a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy(pub u64);

impl Busy {
    /// Whether another attempt may succeed.
    pub fn is_transient(self) -> bool {
        self.0 >= 500
    }
}

/// The outcome of an attempt.
pub type Outcome = Result<u64, Busy>;

/// Calls a macro with the name and the module of every peer, and first with the loop by hand.
#[macro_export]
macro_rules! for_each_peer {
    ($with:ident) => {
        $with!("loop by hand".to_owned(), by_hand);
        $with!("retryable: `#[retryable]`".to_owned(), attribute);
        $with!("retryable: `policy.run`".to_owned(), run);
        $with!("retryable: `retry.again`".to_owned(), explicit);
        $with!($crate::report::versioned("backon"), backon);
        $with!($crate::report::versioned("tokio-retry"), tokio_retry);
        $with!($crate::report::versioned("tokio-retry2"), tokio_retry2);
        $with!($crate::report::versioned("backoff"), backoff);
        $with!($crate::report::versioned("again"), again);
        $with!($crate::report::versioned("mulligan"), mulligan);
        $with!(
            format!("{}, attribute", $crate::report::versioned("retry-if")),
            retry_if
        );
        $with!(
            format!("{}, attribute", $crate::report::versioned("retrying")),
            retrying
        );
        $with!($crate::report::versioned("tower"), tower);
    };
}
