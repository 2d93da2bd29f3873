//! Retries in OpenTelemetry: an observer that counts them, and a pipeline for spans and metrics.

mod instruments;

use std::error::Error;

use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use retryable::observe::set_observer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use instruments::Instruments;

/// Where the spans and metrics of the process go.
#[derive(Debug)]
pub struct Telemetry {
    /// The spans that have ended.
    pub spans: InMemorySpanExporter,
    /// The metrics, once they are flushed.
    pub metrics: InMemoryMetricExporter,
    /// Exports spans. A program shuts it down before it ends.
    pub tracers: SdkTracerProvider,
    /// Exports metrics. A program shuts it down before it ends.
    pub meters: SdkMeterProvider,
}

impl Telemetry {
    /// Exports the spans and retries of the process from now on.
    ///
    /// The exporters keep everything in memory. A program has those of `opentelemetry-otlp` in their place.
    ///
    /// # Errors
    ///
    /// If the process has a subscriber or an observer already.
    pub fn install() -> Result<Self, Box<dyn Error>> {
        let spans = InMemorySpanExporter::default();
        let tracers = SdkTracerProvider::builder()
            .with_simple_exporter(spans.clone())
            .build();
        let layer = tracing_opentelemetry::layer().with_tracer(tracers.tracer("otel"));
        // Retries are events of the spans around them.
        let filter: Targets = "info,retryable=debug".parse()?;
        tracing_subscriber::registry()
            .with(filter)
            .with(layer)
            .try_init()?;

        let metrics = InMemoryMetricExporter::default();
        let meters = SdkMeterProvider::builder()
            .with_reader(PeriodicReader::builder(metrics.clone()).build())
            .build();
        // The observer lives as long as the process.
        let instruments = Box::leak(Box::new(Instruments::new(&meters.meter("retryable"))));
        set_observer(instruments)?;

        Ok(Self {
            spans,
            metrics,
            tracers,
            meters,
        })
    }
}
