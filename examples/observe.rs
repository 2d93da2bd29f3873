//! What an operator sees of an outage: events of `tracing`, and metrics as Prometheus would read them.
//!
//!     cargo run -p examples --example observe

use std::cell::Cell;
use std::error::Error;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use retryable::{Budget, Classify, retryable};
use tracing_subscriber::filter::LevelFilter;

/// A twentieth of all calls may be retried, after the first six retries.
static BUDGET: Budget = Budget::new(0.05).burst(6);

#[derive(Debug, Classify)]
enum StockError {
    #[classify(transient)]
    Unavailable,
}

/// A service that fails this many times, then works.
struct Stock {
    failures: Cell<u32>,
}

impl Stock {
    fn level(&self) -> Result<u32, StockError> {
        match self.failures.get() {
            0 => Ok(12),
            left => {
                self.failures.set(left - 1);
                Err(StockError::Unavailable)
            }
        }
    }
}

#[retryable(max = 3, backoff = "none", budget = &BUDGET, name = "stock")]
fn level(stock: &Stock) -> Result<u32, StockError> {
    stock.level()
}

/// Makes calls, and returns how many succeeded.
fn calls(stock: &Stock, number: usize) -> usize {
    (0..number).filter(|_| level(stock).is_ok()).count()
}

fn main() -> Result<(), Box<dyn Error>> {
    // In a program, `tracing_subscriber::fmt::init()`, and `RUST_LOG=info,retryable::retry=debug`.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .without_time()
        .init();
    // In a program, `metrics_exporter_prometheus::PrometheusBuilder::new().install()?`.
    let recorder = DebuggingRecorder::new();
    let metrics = recorder.snapshotter();
    recorder.install()?;

    let stock = Stock {
        failures: Cell::new(0),
    };
    println!("== five calls of a healthy service: no event");
    assert_eq!(calls(&stock, 5), 5);

    println!("== the service fails twice: retries save the call");
    stock.failures.set(2);
    assert_eq!(calls(&stock, 1), 1);

    println!(
        "== an outage: attempts run out, then the budget, and the service has one request per call"
    );
    stock.failures.set(u32::MAX);
    assert_eq!(calls(&stock, 10), 0);
    let requests = u32::MAX - stock.failures.get();
    assert_eq!(requests, 2 * 3 + 8);

    println!("== the service is back");
    stock.failures.set(0);
    assert_eq!(calls(&stock, 5), 5);

    println!("== the metrics");
    print_page(&metrics);
    Ok(())
}

/// Prints a page in the text format of Prometheus, without the buckets of histograms.
fn print_page(metrics: &Snapshotter) {
    let mut lines: Vec<_> = metrics
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let key = key.key();
            let labels: Vec<_> = key
                .labels()
                .map(|label| format!("{}={:?}", label.key(), label.value()))
                .collect();
            let (name, labels) = (key.name(), labels.join(","));
            match value {
                DebugValue::Counter(count) => format!("{name}{{{labels}}} {count}"),
                DebugValue::Gauge(value) => format!("{name}{{{labels}}} {value}"),
                DebugValue::Histogram(values) => {
                    let sum: f64 = values.iter().map(|value| value.0).sum();
                    format!(
                        "{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {}",
                        values.len()
                    )
                }
            }
        })
        .collect();
    lines.sort();
    println!("{}", lines.join("\n"));
}
