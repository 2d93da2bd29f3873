//! `Attempt`: what code can ask about the attempt in which it runs.

use core::time::Duration;

use super::{Frame, current, identity, now};
use crate::timer::Moment;

/// The attempt in which this code runs. Returned by [`attempt`].
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    frame: Frame,
}

/// Returns the attempt in which this code runs; `None` outside of an attempt. In nested calls, the innermost one.
///
/// It is current only while the attempt is polled or called, on any thread: no task-local is needed. A task that
/// the attempt spawns is outside of it, unless a runtime inside of the attempt polls the task.
///
/// # Examples
///
/// ```
/// use retryable::{NoDelay, Policy, attempt, transient};
///
/// let mut seen = Vec::new();
/// let outcome = Policy::with_backoff(NoDelay).max_attempts(3).run_blocking(|| {
///     let attempt = attempt().expect("inside an attempt");
///     seen.push((attempt.number(), attempt.call_id()));
///     if attempt.is_last() { Ok(()) } else { Err(transient("down")) }
/// });
/// assert!(outcome.is_ok());
/// assert_eq!(seen.len(), 3);
/// assert_eq!(seen[0].1, seen[2].1); // one call
/// assert!(attempt().is_none());
/// ```
pub fn attempt() -> Option<Attempt> {
    current::with_call_number().map(|frame| Attempt { frame })
}

/// Returns how often the call was retried before the current attempt; `None` in the first attempt, and outside of any.
///
/// This is OpenTelemetry's `http.request.resend_count`: absent, 1, 2, … In an attempt of a caller in another process
/// ([`Upstream`](crate::Upstream)), it is that caller's number. Redirects that an HTTP client follows by itself do not
/// count.
///
/// # Examples
///
/// The attribute above is expanded first. So `#[instrument]` above `#[retryable]` makes a span of each attempt, and
/// its fields are evaluated in the attempt:
///
/// ```
/// use retryable::{Classified, resend_count, retryable, transient};
/// use tracing::instrument;
///
/// // Signed, because tracing-opentelemetry makes text of unsigned numbers.
/// #[instrument(fields(http.request.resend_count = resend_count().map(i64::from)))]
/// #[retryable(backoff = "none")]
/// fn fetch() -> Result<u32, Classified<&'static str>> {
///     resend_count().ok_or(transient("the first attempt fails"))
/// }
///
/// assert_eq!(fetch(), Ok(1));
/// assert_eq!(resend_count(), None);
/// ```
pub fn resend_count() -> Option<u32> {
    let before = current::number().checked_sub(1)?;
    (before > 0).then_some(before)
}

impl Attempt {
    /// Returns the number of the attempt, from 1.
    pub fn number(self) -> u32 {
        self.frame.packed.number()
    }

    /// Returns the maximum number of attempts, the first included.
    ///
    /// `u32::MAX` if unknown, because the attempt belongs to a caller in another process
    /// ([`Upstream`](crate::Upstream)), or if above 2^29 - 2.
    pub fn max(self) -> u32 {
        self.frame.packed.max()
    }

    /// Returns whether no attempt follows this one for certain. `false` in an attempt of a caller in another process,
    /// whose maximum is unknown.
    pub fn is_last(self) -> bool {
        self.number() >= self.max()
    }

    /// Returns the time until the nearest deadline, those of enclosing calls included; `None` if there is no deadline.
    /// Measured by the clock of [`DefaultTimer`](crate::DefaultTimer): deadlines that a clock with another epoch
    /// ([`Clock::epoch`](crate::Clock::epoch)) measures do not count.
    pub fn remaining(self) -> Option<Duration> {
        let deadline = self.frame.scope.deadline;
        (deadline < Moment::NEVER).then(|| deadline.since(now()))
    }

    /// Returns the id of the call: the same in all its attempts, and different from that of every other call, in this
    /// process or in another. In an attempt of a caller in another process, it is the id of that one request.
    ///
    /// It is a hash of a number for the call and of the process's id, under keys that the process draws
    /// once, by [`RandomState`](std::hash::RandomState), from the operating system. So a forked process,
    /// which inherits the keys, has other ids, and seeds such as `fastrand::seed` and
    /// [`Policy::seed`](crate::Policy::seed) change nothing. On targets where `std` finds no randomness,
    /// such as `wasm32-unknown-unknown`, two processes may have the same ids.
    ///
    /// Use it to distinguish calls, in logs and at a server. It is not a secret: the hash is made for tables.
    pub fn call_id(self) -> u128 {
        identity::call_id(self.frame.scope.call_number)
    }
}
