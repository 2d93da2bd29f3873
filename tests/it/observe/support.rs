//! One observer for all tests of this process, which hands each thread its own events, and a subscriber that keeps
//! events as text.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::mem::take;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once};

use retryable::observe::{Facts, GaveUp, Observer, Recovered, Retrying, set_observer};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, set_global_default};
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    /// `None` on a thread that does not ask: others count allocations.
    static SEEN: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

struct ByThread;

fn push(line: impl FnOnce() -> String) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.push(line());
        }
    });
}

fn facts(facts: &Facts<'_>) -> String {
    let Facts {
        name,
        attempt,
        max_attempts,
        class,
        error_type,
        hint,
        delay,
        elapsed,
        slept,
        ..
    } = facts;
    let name = name.rsplit("::").next().unwrap_or_default();
    let class = class.name();
    format!(
        "{name} {attempt}/{max_attempts} {class} {error_type} {hint:?} {delay:?} {elapsed:?} {slept:?}"
    )
}

impl Observer for ByThread {
    fn retrying(&self, event: &Retrying<'_>) {
        push(|| format!("retrying {}", facts(&event.facts)));
    }

    fn gave_up(&self, event: &GaveUp<'_>) {
        push(|| format!("gave up {}: {}", facts(&event.facts), event.reason.name()));
    }

    fn recovered(&self, event: &Recovered<'_>) {
        let Recovered {
            name,
            attempts,
            max_attempts,
            elapsed,
            slept,
            ..
        } = event;
        push(|| {
            let name = name.rsplit("::").next().unwrap_or_default();
            format!("recovered {name} {attempts}/{max_attempts} {elapsed:?} {slept:?}")
        });
    }
}

/// Returns what the observer of the process saw on this thread during `call`.
pub(super) fn observed<T>(call: impl FnOnce() -> T) -> (T, Vec<String>) {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| set_observer(&ByThread).expect("the tests have one observer"));
    SEEN.set(Some(Vec::new()));
    let output = call();
    (output, SEEN.take().unwrap_or_default())
}

/// A subscriber that keeps every event, and the fields of every span, as a line of text.
#[derive(Clone, Default)]
pub(super) struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

impl Lines {
    /// Returns the lines of the events and spans during `call`.
    pub(super) fn of<T>(call: impl FnOnce() -> T) -> (T, Vec<String>) {
        static INSTALL: Once = Once::new();
        INSTALL
            .call_once(|| set_global_default(Deaf).expect("the tests have one global subscriber"));
        let lines = Self::default();
        let output = tracing::subscriber::with_default(lines.clone(), call);
        let lines = take(&mut *lines.lines.lock().expect("no test panics here"));
        (output, lines)
    }

    fn keep(&self, metadata: &Metadata<'_>, fields: &Fields) {
        // Other crates in this process have events too.
        let is_ours = metadata.target().starts_with("retryable") || metadata.is_span();
        if is_ours {
            let line = format!("{} {}{}", metadata.level(), metadata.target(), fields.0);
            self.lines.lock().expect("no test panics here").push(line);
        }
    }
}

/// The subscriber of threads that keep no lines. Without it, tracing switches events off for the whole process when the
/// last subscriber of a thread is dropped, and another thread that has just begun misses its first events.
struct Deaf;

impl Subscriber for Deaf {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(String::new());
        span.record(&mut fields);
        self.keep(span.metadata(), &fields);
        Id::from_u64(self.spans.fetch_add(1, Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.keep(event.metadata(), &fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
