//! Prints the outcome of every attempt, from the hooks.

use std::time::Duration;

use retryable::http::{self, Verdict};
use retryable::{GiveUpEvent, RetryEvent};

/// An error whose classification can be explained.
pub(crate) trait Explain: std::error::Error {
    fn explain(&self) -> Verdict;
}

impl Explain for http::Error {
    fn explain(&self) -> Verdict {
        self.explain()
    }
}

impl Explain for reqwest::Error {
    fn explain(&self) -> Verdict {
        http::explain(self)
    }
}

/// The callback for `on_retry`.
pub(crate) fn retry<E: Explain>(event: &RetryEvent<'_, E>) {
    failure(event.elapsed, event.attempt, event.error);
    row("", "", format_args!("waits {:.2?}", event.delay));
}

/// The callback for `on_give_up`.
pub(crate) fn give_up<E: Explain>(event: &GiveUpEvent<'_, E>) {
    failure(event.elapsed, event.attempts, event.error);
    let attempts = if event.attempts == 1 {
        "attempt"
    } else {
        "attempts"
    };
    row(
        "",
        "",
        format_args!(
            "gives up after {} {attempts}: {}",
            event.attempts, event.reason
        ),
    );
}

fn failure<E: Explain>(elapsed: Duration, attempt: u32, error: Option<&E>) {
    let Some(error) = error else { return };
    let at = format!("{} ms", elapsed.as_millis());
    row(&at, &format!("attempt {attempt}"), format_args!("{error}"));
    let Verdict { class, rule, .. } = error.explain();
    row("", "", format_args!("is {class}: {rule}"));
}

/// Prints one line of the timeline.
pub(crate) fn row(at: &str, attempt: &str, what: impl std::fmt::Display) {
    println!("  {at:>8}  {attempt:<10} {what}");
}
