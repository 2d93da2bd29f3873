//! Which entry counts, and which names are known.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use retryable::config::{Overrides, known_names, not_applied};
use retryable::{NoDelay, Policy, retryable};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata};

use crate::support::{Error, down, installed, nothing_installed};

struct Client;

impl Client {
    #[retryable(backoff = "none")]
    fn fetch(&self) -> Result<(), Error> {
        let _: &Self = self;
        ATTEMPTS.set(ATTEMPTS.get() + 1);
        down()
    }
}

thread_local! {
    static ATTEMPTS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

#[test]
fn the_name_of_a_method_has_its_type() {
    let _installed = installed("names::Client::fetch(max=2)");
    assert!(Client.fetch().is_err());
    assert_eq!(ATTEMPTS.take(), 2);
    assert!(known_names().contains(&"overrides::names::Client::fetch"));
}

#[test]
fn the_most_specific_entry_counts_field_by_field() {
    let overrides = Overrides::parse(
        "*(max=2, on=refused), orders::*(base=50ms, max_retries=5), orders::fetch(max=1), shop::*(base=9ms, cap=1s)",
    )
    .unwrap();
    let of = |name| overrides.of(name).to_string();
    assert_eq!(
        of("shop::orders::fetch"),
        "max = 1, base = 50ms, cap = 1s, on = refused"
    );
    assert_eq!(
        of("shop::orders::place"),
        "max_retries = 5, base = 50ms, cap = 1s, on = refused"
    );
    assert_eq!(
        of("shop::billing::fetch"),
        "max = 2, base = 9ms, cap = 1s, on = refused"
    );
    assert_eq!(of("unnamed"), "max = 2, on = refused");
    assert_eq!(Overrides::default().of("unnamed").to_string(), "");
}

#[test]
fn a_name_is_known_after_a_failure_or_under_overrides() {
    const NEVER: Policy<NoDelay> = Policy::with_backoff(NoDelay).name("known::never");
    const FAILED: Policy<NoDelay> = Policy::with_backoff(NoDelay).name("known::failed");
    const BEGUN: Policy<NoDelay> = Policy::with_backoff(NoDelay).name("known::begun");

    let is_known = |name| known_names().contains(&name);
    let _none = nothing_installed();
    NEVER.run_blocking(|| Ok::<_, Error>(())).unwrap();
    assert!(FAILED.run_blocking(down::<()>).is_err());
    Overrides::default().install();
    BEGUN.run_blocking(|| Ok::<_, Error>(())).unwrap();
    assert_eq!(
        ["known::never", "known::failed", "known::begun"].map(is_known),
        [false, true, true]
    );
    assert!(known_names().is_sorted());
}

#[test]
fn a_setting_that_cannot_apply_is_reported_once_for_each_name() {
    // Other threads emit nothing while a subscriber is made: `tracing` could take their events for its own.
    let _none = nothing_installed();
    Overrides::clear();
    let lines = Lines::default();
    let seen = Arc::clone(&lines.0);
    tracing::subscriber::with_default(lines, || {
        let overrides = Overrides::parse("report::*(max=5, deadline=1s)");
        overrides.unwrap().install();
        for name in ["report::a", "report::b", "report::a"] {
            let policy = Policy::fixed(Duration::ZERO).max_attempts(1).name(name);
            assert!(policy.run_blocking(down::<()>).is_err());
        }
        let reported: Vec<_> = not_applied()
            .iter()
            .map(|entry| (entry.name, entry.key))
            .collect();
        let expected = ["report::a", "report::b"].map(|name| [(name, "max"), (name, "deadline")]);
        assert_eq!(reported, expected.as_flattened());
        Overrides::clear();
    });
    let expected = [
        "INFO config.entries=1 config.installed=true",
        "WARN retry.name=\"report::a\" config.not_applied=\"deadline\"",
        "WARN retry.name=\"report::a\" config.not_applied=\"max\"",
        "WARN retry.name=\"report::b\" config.not_applied=\"deadline\"",
        "WARN retry.name=\"report::b\" config.not_applied=\"max\"",
        "INFO config.entries=0 config.installed=false",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// The events of `retryable::config`.
#[derive(Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "retryable::config"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Fields(String);

        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                let _ = write!(self.0, " {field}={value:?}");
            }
        }

        let mut fields = Fields(event.metadata().level().to_string());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
