//! Hooks that write the text of an error to `tracing`, for calls that ask for it.
//!
//! Only these functions write it: the events of the feature `tracing` have the type of an error, and never its text,
//! which may hold secrets. The target is `retryable::log`.
//!
//! In `#[retryable]`, they are values of `on_retry` and `on_give_up`, also on an `impl` block for all its methods. As a
//! hook of [`Policy::run`](crate::Policy::run) and its like, write `|event| log::info(event)`.
//!
//! # Examples
//!
//! ```
//! use retryable::{Classified, log, retryable, transient};
//!
//! struct Client;
//!
//! #[retryable(backoff = "none", on_retry = log::info, on_give_up = log::warn)]
//! impl Client {
//!     #[retryable]
//!     fn user(&self, id: u64) -> Result<String, Classified<&'static str>> {
//!         Err(transient("connection reset"))
//!     }
//! }
//!
//! // INFO retryable::log: attempt 1 of 3 failed: connection reset; the next one follows in 0ns …
//! // INFO retryable::log: attempt 2 of 3 failed: connection reset; the next one follows in 0ns …
//! // WARN retryable::log: attempt 3 of 3 failed: connection reset; attempts exhausted …
//! assert!(Client.user(7).is_err());
//! ```

use core::fmt;

use tracing::Level;

use crate::class::Class;
use crate::event::{GiveUpEvent, RetryEvent};

macro_rules! write_event {
    ($level:expr, $event:expr) => {{
        let event = $event;
        tracing::event!(
            target: "retryable::log",
            $level,
            retry.name = event.name(),
            retry.class = event.class().name(),
            "{}",
            Line(event),
        );
    }};
}

/// Writes the event at the level DEBUG.
pub fn debug(event: &impl Event) {
    write_event!(Level::DEBUG, event);
}

/// Writes the event at the level INFO.
pub fn info(event: &impl Event) {
    write_event!(Level::INFO, event);
}

/// Writes the event at the level WARN.
pub fn warn(event: &impl Event) {
    write_event!(Level::WARN, event);
}

/// A [`RetryEvent`] or a [`GiveUpEvent`] whose error has a text.
#[diagnostic::on_unimplemented(
    message = "`retryable::log` writes the text of an error, but the error in `{Self}` is not `Display`",
    note = "implement `Display` for the error, or write a closure: `on_retry = |event| …`"
)]
pub trait Event: sealed::Sealed {
    #[doc(hidden)]
    fn name(&self) -> &'static str;

    #[doc(hidden)]
    fn class(&self) -> Class;

    /// Writes the line without its target, level and fields.
    ///
    /// # Errors
    ///
    /// If the formatter or the error's own `Display` fails.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

mod sealed {
    /// No other crate can name this trait, so `Event` may gain methods.
    pub trait Sealed {}

    impl<E> Sealed for super::RetryEvent<'_, E> {}
    impl<E> Sealed for super::GiveUpEvent<'_, E> {}
}

impl<E: fmt::Display> Event for RetryEvent<'_, E> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn class(&self) -> Class {
        self.class
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_failure(f, self.attempt, self.max_attempts, self.error)?;
        write!(f, "; the next one follows in {:?}", self.delay)
    }
}

impl<E: fmt::Display> Event for GiveUpEvent<'_, E> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn class(&self) -> Class {
        self.class
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_failure(f, self.attempts, self.max_attempts, self.error)?;
        write!(f, "; {}", self.reason)
    }
}

fn write_failure<E: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    attempt: u32,
    max_attempts: u32,
    error: Option<&E>,
) -> fmt::Result {
    write!(f, "attempt {attempt}")?;
    // More is "for ever".
    if max_attempts < u32::MAX {
        write!(f, " of {max_attempts}")?;
    }
    match error {
        Some(error) => write!(f, " failed: {error}"),
        None => f.write_str(" returned a value that `until` rejected"),
    }
}

struct Line<'e, V>(&'e V);

impl<V: Event> fmt::Display for Line<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}
