//! What hooks are told.

use core::time::Duration;

use crate::{Class, GiveUp};

/// An attempt failed and there will be another one. Given to `on_retry` before the wait.
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryEvent<'a, E> {
    /// The name of the call: of `#[retryable(name = "…")]`, else the function's path; empty for a
    /// call that is not an annotated function.
    pub name: &'static str,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// Calls in all, the first included.
    pub max_attempts: u32,
    /// Its error; `None` where the attempt returned a value that `until` does not accept.
    pub error: Option<&'a E>,
    /// How the failure was classified.
    pub class: Class,
    /// How long the wait will be.
    pub delay: Duration,
    /// Since the start of the first attempt.
    pub elapsed: Duration,
    /// Waits so far, the coming one not included.
    pub slept: Duration,
}

/// An attempt failed and there will be no other one. Given to `on_give_up` before the error is
/// returned.
#[derive(Debug)]
#[non_exhaustive]
pub struct GiveUpEvent<'a, E> {
    /// The name of the call: of `#[retryable(name = "…")]`, else the function's path; empty for a
    /// call that is not an annotated function.
    pub name: &'static str,
    /// Calls made, the first included.
    pub attempts: u32,
    /// Calls in all that the policy allows, the first included.
    pub max_attempts: u32,
    /// The last error; `None` where the attempt returned a value that `until` does not accept.
    pub error: Option<&'a E>,
    /// How the failure was classified.
    pub class: Class,
    /// Why there is no other attempt.
    pub reason: GiveUp,
    /// Since the start of the first attempt.
    pub elapsed: Duration,
    /// Waits in all.
    pub slept: Duration,
}
