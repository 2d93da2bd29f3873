//! The peers, each set up as its own documentation recommends, to do the same work.
//!
//! Every module has two functions. `call` makes three attempts at most, waits an exponential delay from
//! 100 ms to 20 s between them, with full jitter if the peer has it, and retries only errors that are
//! transient. `at_once` makes a thousand attempts at most and waits for no time.

pub mod again;
pub mod backoff;
pub mod backon;
pub mod backon_macros;
pub mod by_hand;
pub mod mulligan;
mod ours;
pub mod retry_if;
pub mod retrying;
mod task;
pub mod tokio_retry;
pub mod tokio_retry2;
pub mod tower;

pub use ours::{attribute, explicit, run};
pub use task::{ATTEMPTS, BASE, Busy, CAP, MANY, Outcome};

/// Calls a macro with the name and the module of every peer, and first with the loop by hand.
#[macro_export]
macro_rules! for_each_peer {
    ($with:ident) => {
        $with!("loop by hand".to_owned(), by_hand);
        $with!("retryable: `#[retryable]`".to_owned(), attribute);
        $with!("retryable: `policy.run`".to_owned(), run);
        $with!("retryable: `retry.again`".to_owned(), explicit);
        $with!($crate::report::versioned("backon"), backon);
        $with!(
            format!("{}, attribute", $crate::report::versioned("backon-macros")),
            backon_macros
        );
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
