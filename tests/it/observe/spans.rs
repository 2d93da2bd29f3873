//! `resend_count()` in the fields of a span.

use retryable::{Classified, Upstream, resend_count, retryable, transient};
use tracing::instrument;

use super::support::Lines;

#[instrument(fields(http.request.resend_count = resend_count()))]
#[retryable(max = 3, backoff = "none")]
fn above() -> Result<(), Classified<&'static str>> {
    Err(transient("503"))
}

#[instrument(fields(http.request.resend_count = resend_count()))]
#[retryable(max = 3, backoff = "none")]
async fn above_async() -> Result<(), Classified<&'static str>> {
    Err(transient("503"))
}

#[retryable(max = 3, backoff = "none")]
#[instrument(fields(http.request.resend_count = resend_count()))]
fn below() -> Result<(), Classified<&'static str>> {
    Err(transient("503"))
}

fn spans<T>(call: impl FnOnce() -> T) -> Vec<String> {
    let (_, mut lines) = Lines::of(call);
    lines.retain(|line| line.starts_with("INFO it::observe::spans"));
    lines
}

#[test]
fn instrument_above_makes_a_span_of_each_attempt_with_its_resend_count() {
    let target = "INFO it::observe::spans";
    let expected = [
        target.to_owned(),
        format!("{target} http.request.resend_count=1"),
        format!("{target} http.request.resend_count=2"),
    ];
    assert_eq!(spans(above), expected);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    assert_eq!(spans(|| runtime.block_on(above_async())), expected);
}

#[test]
fn instrument_below_makes_one_span_of_the_call() {
    assert_eq!(spans(below), ["INFO it::observe::spans"]);
}

#[test]
fn there_is_no_resend_count_outside_of_a_call() {
    assert_eq!(resend_count(), None);
    let number = |number| Upstream::new().number(number).serve_blocking(resend_count);
    assert_eq!([0, 1, 2, 3].map(number), [None, None, Some(1), Some(2)]);
}
