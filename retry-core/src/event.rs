//! The events that hooks receive.

use core::time::Duration;

use crate::class::Class;
use crate::give_up::GiveUp;

/// The event of an attempt that failed and is retried. `on_retry` receives it before the wait.
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryEvent<'a, E> {
    /// The name of the call: of `#[retryable(name = "…")]` or [`Policy::name`](crate::Policy::name), else the path of
    /// the annotated function, else `"unnamed"`.
    pub name: &'static str,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The maximum number of attempts, the first included.
    pub max_attempts: u32,
    /// Its error; `None` if the attempt returned a value that `until` does not accept.
    pub error: Option<&'a E>,
    /// The class of the failure.
    pub class: Class,
    /// The length of the wait that begins now.
    pub delay: Duration,
    /// The time since the start of the first attempt.
    pub elapsed: Duration,
    /// The sum of all earlier waits.
    pub slept: Duration,
}

/// The event of an attempt that failed and is not retried. `on_give_up` receives it before the error is
/// returned.
#[derive(Debug)]
#[non_exhaustive]
pub struct GiveUpEvent<'a, E> {
    /// The name of the call: of `#[retryable(name = "…")]` or [`Policy::name`](crate::Policy::name), else the path of
    /// the annotated function, else `"unnamed"`.
    pub name: &'static str,
    /// The number of attempts made, the first included.
    pub attempts: u32,
    /// The maximum number of attempts, the first included.
    pub max_attempts: u32,
    /// The last error; `None` if the attempt returned a value that `until` does not accept.
    pub error: Option<&'a E>,
    /// The class of the failure.
    pub class: Class,
    /// Why no further attempt is made.
    pub reason: GiveUp,
    /// The time since the start of the first attempt.
    pub elapsed: Duration,
    /// The sum of all waits.
    pub slept: Duration,
}

/// For unit tests of hooks. An event is `non_exhaustive`, so only this crate can write one as a literal; its
/// fields are public, and a test sets those that matter.
#[cfg(feature = "test-util")]
impl<'a, E> RetryEvent<'a, E> {
    /// Returns the event of a first attempt of three that failed with `error`, which is `Transient`. The wait will
    /// be 100 ms. The call is `"unnamed"`, and took no time so far.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Class, RetryEvent};
    ///
    /// fn is_loud(event: &RetryEvent<'_, &str>) -> bool {
    ///     event.attempt > 1 && event.class != Class::Refused
    /// }
    ///
    /// let mut event = RetryEvent::for_test(&"busy");
    /// assert!(!is_loud(&event));
    /// event.attempt = 2;
    /// assert!(is_loud(&event));
    /// ```
    pub const fn for_test(error: &'a E) -> Self {
        Self {
            name: "unnamed",
            attempt: 1,
            max_attempts: 3,
            error: Some(error),
            class: Class::Transient,
            delay: Duration::from_millis(100),
            elapsed: Duration::ZERO,
            slept: Duration::ZERO,
        }
    }
}

/// For unit tests of hooks, as [`RetryEvent::for_test`].
#[cfg(feature = "test-util")]
impl<'a, E> GiveUpEvent<'a, E> {
    /// Returns the event of a call that failed with `error` and ended for `reason`. It has made three attempts of
    /// three and the class is `Transient`; after [`GiveUp::NotRetryable`], one attempt and `Permanent`. The call is
    /// `"unnamed"`, and took no time.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{GiveUp, GiveUpEvent};
    /// use std::time::Duration;
    ///
    /// fn line(event: &GiveUpEvent<'_, &str>) -> String {
    ///     format!("{} after {:?}", event.reason.name(), event.elapsed)
    /// }
    ///
    /// let mut event = GiveUpEvent::for_test(&"busy", GiveUp::Deadline);
    /// event.elapsed = Duration::from_secs(30);
    /// assert_eq!(line(&event), "deadline after 30s");
    /// ```
    pub const fn for_test(error: &'a E, reason: GiveUp) -> Self {
        let (attempts, class) = match reason {
            GiveUp::NotRetryable => (1, Class::Permanent),
            _ => (3, Class::Transient),
        };
        Self {
            name: "unnamed",
            attempts,
            max_attempts: 3,
            error: Some(error),
            class,
            reason,
            elapsed: Duration::ZERO,
            slept: Duration::ZERO,
        }
    }
}
