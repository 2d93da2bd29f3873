//! The layer of tower, and the bridge to `tower::retry`.

mod bridge;
mod layer;
mod readiness;

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};

use retry_core::{Attempt, Fixed, Policy, TimedOut, attempt};
use tower::Service;

use crate::common::secs;

/// Waits a second, and makes three attempts.
const POLICY: Policy<Fixed> = Policy::fixed(secs(1));

#[derive(Clone, Copy, Debug, PartialEq, retryable::Classify)]
enum Error {
    #[classify(transient)]
    Busy,
    #[classify(transient)]
    Slow,
    NotFound,
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::Slow
    }
}

/// A service whose calls end as its script says, from the last line to the first, and which keeps a log of the attempts
/// that it saw.
#[derive(Clone)]
struct Script(Arc<Shared>);

struct Shared {
    lines: std::sync::Mutex<Vec<Result<u32, Error>>>,
    calls: AtomicU32,
}

thread_local! {
    static ATTEMPTS: RefCell<Vec<Option<u32>>> = const { RefCell::new(Vec::new()) };
}

impl Script {
    fn new<const N: usize>(mut lines: [Result<u32, Error>; N]) -> Self {
        lines.reverse();
        Self(Arc::new(Shared {
            lines: lines.to_vec().into(),
            calls: AtomicU32::new(0),
        }))
    }

    fn calls(&self) -> u32 {
        self.0.calls.load(Relaxed)
    }
}

impl Service<()> for Script {
    type Response = u32;
    type Error = Error;
    type Future = Ready<Result<u32, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        self.0.calls.fetch_add(1, Relaxed);
        ATTEMPTS.with_borrow_mut(|log| log.push(attempt().map(Attempt::number)));
        ready(self.0.lines.lock().unwrap().pop().expect("one more line"))
    }
}
