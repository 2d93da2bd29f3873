//! The observer that counts for `metrics`.

use std::boxed::Box;
use std::collections::HashMap;
use std::string::String;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::vec;

use metrics::{Key, Label, Level, Metadata, Recorder, Unit, with_recorder};

use super::{Called, GaveUp, Observer, Retrying};

const CALLS: &str = "retryable_calls_total";
const RETRIES: &str = "retryable_retries_total";
const GIVE_UPS: &str = "retryable_give_ups_total";
const ATTEMPTS: &str = "retryable_attempts";
const WAIT: &str = "retryable_wait_seconds";

static METADATA: Metadata<'static> = Metadata::new("retryable", Level::INFO, None);

/// Whether there is a recorder. Every call asks this, so it is two loads and a few branches.
#[inline]
pub(super) fn is_enabled() -> bool {
    with_recorder(is_recorder)
}

/// `metrics` does not say whether a recorder is set. The one it has for none is a value without a size. A recorder of
/// the process without a size is in a box, so that its address is its alignment; that for none is a static, which has
/// an address of its own. Only a local recorder without a size is taken for none.
fn is_recorder(recorder: &dyn Recorder) -> bool {
    size_of_val(recorder) > 0 || address(recorder) == align_of_val(recorder)
}

fn address(recorder: &dyn Recorder) -> usize {
    std::ptr::from_ref(recorder).cast::<()>().addr()
}

/// Counts each call of a method.
#[derive(Debug)]
pub(super) struct Metrics;

impl Observer for Metrics {
    fn retrying(&self, event: &Retrying<'_>) {
        let class = ("class", event.facts.class.name());
        count(RETRIES, event.facts.name, class);
    }

    fn gave_up(&self, event: &GaveUp<'_>) {
        count(GIVE_UPS, event.facts.name, ("reason", event.reason.name()));
    }

    fn called(&self, event: &Called<'_>) {
        let kind = match (event.gave_up.is_none(), event.attempts > 1) {
            (true, false) => "succeeded",
            (true, true) => "succeeded_after_retry",
            (false, false) => "failed",
            (false, true) => "failed_after_retry",
        };
        count(CALLS, event.name, ("kind", kind));
        // As gRPC does (A96): a histogram of ones and zeros would say little, at the cost of every call.
        if event.attempts > 1 {
            record(ATTEMPTS, event.name, f64::from(event.attempts));
            record(WAIT, event.name, event.slept.as_secs_f64());
        }
    }
}

fn count(metric: &'static str, name: &str, label: (&'static str, &'static str)) {
    let key = key(metric, name, Some(label));
    with_described(|recorder| recorder.register_counter(&key, &METADATA).increment(1));
}

fn record(metric: &'static str, name: &str, value: f64) {
    let key = key(metric, name, None);
    with_described(|recorder| recorder.register_histogram(&key, &METADATA).record(value));
}

/// Returns the key of a series. Composed and hashed once: the names of a program and the words of a label are few.
///
/// The handle behind it is not kept. It would belong to the recorder of the moment for ever: one that is installed
/// later, or a test's local one, would miss the series.
fn key(metric: &'static str, name: &str, label: Option<(&'static str, &'static str)>) -> Arc<Key> {
    type Series = HashMap<(&'static str, &'static str), Arc<Key>>;
    static KEYS: LazyLock<RwLock<HashMap<Box<str>, Series>>> = LazyLock::new(RwLock::default);

    let word = label.map_or("", |(_, word)| word);
    let keys = KEYS.read().unwrap_or_else(PoisonError::into_inner);
    let known = keys
        .get(name)
        .and_then(|series| series.get(&(metric, word)));
    if let Some(key) = known {
        return key.clone();
    }
    drop(keys);

    let mut labels = vec![Label::new("name", String::from(name))];
    labels.extend(label.map(|(label, word)| Label::from_static_parts(label, word)));
    let key = Arc::new(Key::from_parts(metric, labels));
    let mut keys = KEYS.write().unwrap_or_else(PoisonError::into_inner);
    let series = keys.entry(name.into()).or_default();
    series.entry((metric, word)).or_insert(key).clone()
}

/// Calls `record` with the recorder, which has the descriptions of all metrics.
fn with_described(record: impl FnOnce(&dyn Recorder)) {
    static DESCRIBED: AtomicUsize = AtomicUsize::new(0);

    with_recorder(|recorder| {
        let address = address(recorder);
        // The recorder of the process is described once; a test's local one, when it takes over.
        if DESCRIBED.load(Relaxed) != address {
            DESCRIBED.store(address, Relaxed);
            describe(recorder);
        }
        record(recorder);
    });
}

fn describe(recorder: &dyn Recorder) {
    for (metric, description) in [
        (CALLS, "Calls that ended, by how they ended"),
        (
            RETRIES,
            "Retries that were scheduled, by the class of the failure",
        ),
        (GIVE_UPS, "Calls that gave up, by reason"),
    ] {
        recorder.describe_counter(metric.into(), Some(Unit::Count), description.into());
    }
    for (metric, unit, description) in [
        (
            ATTEMPTS,
            Unit::Count,
            "Attempts of calls with more than one",
        ),
        (
            WAIT,
            Unit::Seconds,
            "Sum of the waits of calls with more than one attempt",
        ),
    ] {
        recorder.describe_histogram(metric.into(), Some(unit), description.into());
    }
}
