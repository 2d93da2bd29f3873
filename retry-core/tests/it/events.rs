//! Events, reports and reasons as a user's own unit test makes them, and as logs show them.

use std::error::Error;
use std::time::Duration;

use retry_core::{Class, GiveUp, GiveUpEvent, NoDelay, Policy, Report, RetryEvent, transient};

#[test]
fn a_test_makes_an_event_and_sets_what_matters() {
    let mut event = RetryEvent::for_test(&"busy");
    event.name = "orders";
    event.attempt = 2;
    event.class = Class::Refused;
    let RetryEvent {
        name,
        attempt,
        error,
        class,
        ..
    } = event;
    assert_eq!(
        (name, attempt, error, class),
        ("orders", 2, Some(&"busy"), Class::Refused)
    );
}

/// A value that `until` does not accept has no error.
#[test]
fn an_event_may_have_no_error() {
    let mut event = RetryEvent::for_test(&"pending");
    event.error = None;
    assert_eq!(event.error, None);
}

#[test]
fn the_class_of_a_made_event_fits_its_reason() {
    let stopped = GiveUpEvent::for_test(&"not found", GiveUp::NotRetryable);
    assert_eq!((stopped.attempts, stopped.class), (1, Class::Permanent));
    let exhausted = GiveUpEvent::for_test(&"busy", GiveUp::Exhausted);
    assert_eq!((exhausted.attempts, exhausted.max_attempts), (3, 3));
    assert_eq!(exhausted.class, Class::Transient);
}

#[test]
fn a_report_is_a_line_of_a_log() {
    let mut report = Report::default();
    report.attempts = 1;
    report.elapsed = Duration::from_millis(40);
    assert_eq!(report.to_string(), "1 attempt in 40ms");

    report.attempts = 3;
    report.elapsed = Duration::from_millis(1200);
    report.slept = Duration::from_millis(300);
    report.gave_up = Some(GiveUp::Exhausted);
    assert_eq!(
        report.to_string(),
        "3 attempts in 1.2s, 300ms of it between attempts; gave up: attempts exhausted"
    );
}

#[test]
fn a_reason_is_the_source_of_an_error() {
    let policy = Policy::with_backoff(NoDelay).max_attempts(1);
    let mut retry = policy.start();
    assert!(retry.again(transient("busy")).is_err());
    let reason: Box<dyn Error> = retry.gave_up().unwrap().into();
    assert_eq!(reason.to_string(), "attempts exhausted");
}
