//! The observer that writes events for `tracing`.
//!
//! tracing-opentelemetry makes text of unsigned numbers, so all are signed. It names an event without a name after its
//! file and line, so all have names.

use core::time::Duration;

use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::{Facts, GaveUp, Observer, Recovered, Retrying};
use crate::give_up::GiveUp;

/// Whether any subscriber wants any event: one relaxed load.
#[inline]
pub(super) fn is_enabled() -> bool {
    LevelFilter::current() != LevelFilter::OFF
}

/// Writes an event for each call of a method.
#[derive(Debug)]
pub(super) struct Events;

impl Observer for Events {
    fn retrying(&self, event: &Retrying<'_>) {
        let Facts {
            name,
            attempt,
            max_attempts,
            class,
            error_type,
            hint,
            delay,
            ..
        } = event.facts;
        tracing::event!(
            name: "retryable.retry",
            target: "retryable::retry",
            Level::DEBUG,
            retry.name = name,
            retry.attempt = i64::from(attempt),
            retry.max = i64::from(max_attempts),
            retry.class = class.name(),
            error.r#type = error_type,
            retry.delay_ms = delay.map(millis),
            retry.hint_ms = hint.map(millis),
        );
    }

    fn gave_up(&self, event: &GaveUp<'_>) {
        // The level of an event is known when the program is compiled, so there are two.
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    name: "retryable.give_up",
                    target: "retryable::give_up",
                    $level,
                    retry.name = event.facts.name,
                    retry.attempt = i64::from(event.facts.attempt),
                    retry.max = i64::from(event.facts.max_attempts),
                    retry.class = event.facts.class.name(),
                    error.r#type = event.facts.error_type,
                    retry.hint_ms = event.facts.hint.map(millis),
                    retry.attempts = i64::from(event.facts.attempt),
                    retry.reason = event.reason.name(),
                )
            };
        }

        // An ordinary 404 must not warn.
        if event.reason == GiveUp::NotRetryable && event.facts.attempt == 1 {
            event!(Level::DEBUG);
        } else {
            event!(Level::WARN);
        }
    }

    fn recovered(&self, event: &Recovered<'_>) {
        tracing::event!(
            name: "retryable.recovered",
            target: "retryable::recovered",
            Level::INFO,
            retry.name = event.name,
            retry.attempts = i64::from(event.attempts),
            retry.elapsed_ms = event.elapsed.map(millis),
        );
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
