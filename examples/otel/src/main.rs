//! A request that is retried, as OpenTelemetry sees it: a span for each attempt, and metrics.
//!
//!     cargo run -p otel

use std::error::Error;

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ScopeMetrics};
use otel::Telemetry;
use retryable::http::RetryClient;
use retryable::http::testing::{Server, reply};
use retryable::{NoDelay, Policy};
use tracing::Instrument;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = Telemetry::install()?;

    let server = Server::script([reply(503), reply(503), reply(200).body("hello")]);
    let policy = Policy::with_backoff(NoDelay).name("greeting");
    let client = RetryClient::new(reqwest::Client::new(), policy).spans();
    let request = client.get(server.url()).text();
    let text = request.instrument(tracing::info_span!("page")).await?;
    assert_eq!(text, "hello");

    println!("== spans, in the order in which they ended");
    telemetry.tracers.force_flush()?;
    for span in telemetry.spans.get_finished_spans()? {
        println!("{} ({:?}), {:?}", span.name, span.span_kind, span.status);
        for attribute in &span.attributes {
            let key = attribute.key.as_str();
            if key.starts_with("http.") || key.starts_with("error.") {
                println!("    {key} = {}", attribute.value);
            }
        }
        for event in &span.events.events {
            println!("    event {}", event.name);
        }
    }

    println!("== metrics");
    telemetry.meters.force_flush()?;
    for metrics in telemetry.metrics.get_finished_metrics()? {
        for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
            println!("{} in {}", metric.name(), metric.unit());
            if let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() {
                for point in sum.data_points() {
                    let words: Vec<_> = point
                        .attributes()
                        .map(|attribute| format!("{} = {}", attribute.key, attribute.value))
                        .collect();
                    println!("    {}: {}", words.join(", "), point.value());
                }
            }
        }
    }
    Ok(())
}
