//! The observer: one instrument for each metric of the page "Observing".

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};
use retryable::observe::{Called, GaveUp, Observer, Retrying};

/// Counts calls, retries and give-ups with the instruments of a meter.
#[derive(Debug)]
pub struct Instruments {
    calls: Counter<u64>,
    retries: Counter<u64>,
    give_ups: Counter<u64>,
    attempts: Histogram<u64>,
    wait: Histogram<f64>,
}

impl Instruments {
    /// Makes the instruments, once for the process.
    pub fn new(meter: &Meter) -> Self {
        let counter = |name, unit| meter.u64_counter(name).with_unit(unit).build();
        Self {
            calls: counter("retryable.calls", "{call}"),
            retries: counter("retryable.retries", "{retry}"),
            give_ups: counter("retryable.give_ups", "{call}"),
            // By gRPC's proposal A96, as are the buckets.
            attempts: meter
                .u64_histogram("retryable.attempts")
                .with_unit("{attempt}")
                .with_boundaries(vec![1.0, 2.0, 3.0, 4.0, 5.0, 10.0])
                .build(),
            wait: meter
                .f64_histogram("retryable.wait")
                .with_unit("s")
                .with_boundaries(vec![0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
                .build(),
        }
    }
}

/// Fixed words, and names that the program knows: the number of time series is bounded.
fn attributes(name: &str, key: &'static str, word: &'static str) -> [KeyValue; 2] {
    [
        KeyValue::new("retry.name", name.to_owned()),
        KeyValue::new(key, word),
    ]
}

impl Observer for Instruments {
    fn retrying(&self, event: &Retrying<'_>) {
        let class = event.facts.class.name();
        self.retries
            .add(1, &attributes(event.facts.name, "retry.class", class));
    }

    fn gave_up(&self, event: &GaveUp<'_>) {
        let reason = event.reason.name();
        self.give_ups
            .add(1, &attributes(event.facts.name, "retry.reason", reason));
    }

    fn called(&self, event: &Called<'_>) {
        let outcome = match event.gave_up {
            Some(_) => "failed",
            None => "succeeded",
        };
        let attributes = attributes(event.name, "retry.outcome", outcome);
        self.calls.add(1, &attributes);
        if event.attempts > 1 {
            self.attempts.record(event.attempts.into(), &attributes);
            self.wait.record(event.slept.as_secs_f64(), &attributes);
        }
    }
}
