//! Shapes that are functions.

use core::fmt;
use core::time::Duration;

use super::backoff::Backoff;
use super::step::Step;

/// Makes a shape of a function that returns the delay before a retry, or `None` to stop.
///
/// # Examples
///
/// ```
/// use retryable::{Class, Policy, Step, backoff};
/// use std::time::Duration;
///
/// // Wait longer if the server is overloaded.
/// let patient = backoff::from_fn(|step: &Step| match step.class {
///     Class::Throttled { .. } => Some(Duration::from_secs(1)),
///     _ => Some(Duration::from_millis(50)),
/// });
/// let policy = Policy::with_backoff(patient).max_attempts(3);
/// assert_eq!(policy.schedule(0).sum::<Duration>(), Duration::from_millis(100));
/// ```
pub const fn from_fn<F>(delay: F) -> FromFn<F>
where
    F: Fn(&Step) -> Option<Duration>,
{
    FromFn { delay }
}

/// A shape that is a function. Made by [`from_fn`].
#[derive(Clone, Copy)]
pub struct FromFn<F> {
    delay: F,
}

impl<F> Backoff for FromFn<F>
where
    F: Fn(&Step) -> Option<Duration>,
{
    fn delay(&self, step: &Step) -> Option<Duration> {
        (self.delay)(step)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Shows the type of the closure, which has no `Debug`: the type names the place of the closure.
impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FromFn")
            .field(&core::any::type_name::<F>())
            .finish()
    }
}
