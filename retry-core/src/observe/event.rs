//! What observers receive.

use core::time::Duration;

use crate::class::Class;
use crate::give_up::GiveUp;

/// The facts of an attempt that failed. None of them has the text of an error or of an argument.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// The name of the call: of `#[retryable(name = "…")]` or [`Policy::name`](crate::Policy::name), else the path of
    /// the annotated function, else `"unnamed"`. It is known when the program is compiled.
    pub name: &'a str,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The maximum number of attempts, the first included.
    pub max_attempts: u32,
    /// How the failure was classified.
    pub class: Class,
    /// [`Classify::error_type`](crate::Classify::error_type), else the path of the error's type; `"value"` if the
    /// attempt returned a value that `until` rejected; `"_OTHER"` if only the class is known
    /// ([`Retry::decide`](crate::Retry::decide)).
    pub error_type: &'a str,
    /// How long the server asked to wait, if it did.
    pub hint: Option<Duration>,
    /// How long the wait will be; `None` if the call gives up.
    pub delay: Option<Duration>,
    /// Time since the call began; `None` if nothing measures the call. A deadline, `max_elapsed`, a hook or a report
    /// does; an observer does not.
    pub elapsed: Option<Duration>,
    /// The sum of the waits so far, without the coming one; `None` if nothing measures the call.
    pub slept: Option<Duration>,
}

/// An attempt failed, and a retry is scheduled.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Retrying<'a> {
    /// The attempt.
    pub facts: Facts<'a>,
}

/// An attempt failed, and no further one follows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct GaveUp<'a> {
    /// The last attempt.
    pub facts: Facts<'a>,
    /// Why no further attempt follows.
    pub reason: GiveUp,
}

/// A call succeeded after at least one retry.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Recovered<'a> {
    /// The name of the call, as in [`Facts::name`].
    pub name: &'a str,
    /// The number of attempts, the first included.
    pub attempts: u32,
    /// The maximum number of attempts, the first included.
    pub max_attempts: u32,
    /// Time since the call began; `None` if nothing measures the call.
    pub elapsed: Option<Duration>,
    /// The sum of the waits; `None` if nothing measures the call.
    pub slept: Option<Duration>,
}

/// A call ended. With the feature `metrics`.
#[cfg(feature = "metrics")]
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Called<'a> {
    /// The name of the call, as in [`Facts::name`].
    pub name: &'a str,
    /// The number of attempts, the first included.
    pub attempts: u32,
    /// The maximum number of attempts, the first included.
    pub max_attempts: u32,
    /// Why the call gave up; `None` if it succeeded.
    pub gave_up: Option<GiveUp>,
    /// Time since the call began; `None` if nothing measures the call.
    pub elapsed: Option<Duration>,
    /// The sum of the waits, as they were planned: known without a clock.
    pub slept: Duration,
}
