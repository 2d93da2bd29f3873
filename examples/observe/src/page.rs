//! The page of metrics: served by axum, and read again.

use std::error::Error;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

/// Counts for the page from now on.
pub(crate) fn install() -> Result<PrometheusHandle, Box<dyn Error>> {
    let exporter = PrometheusBuilder::new()
        // Without buckets, histograms are summaries, which cannot be added up over several processes.
        .set_buckets_for_metric(
            Matcher::Full("retryable_attempts".to_owned()),
            &[2.0, 3.0, 4.0, 5.0, 10.0],
        )?
        .set_buckets_for_metric(
            Matcher::Full("retryable_wait_seconds".to_owned()),
            &[0.1, 0.3, 1.0, 3.0, 10.0, 30.0],
        )?
        .build_recorder();
    let page = exporter.handle();
    metrics::set_global_recorder(exporter)?;
    Ok(page)
}

/// Serves the page, and returns its text as Prometheus would read it. A program serves it next to its own routes, for
/// as long as it runs.
pub(crate) async fn fetch(page: PrometheusHandle) -> Result<String, Box<dyn Error>> {
    let routes = Router::new().route("/metrics", get(move || async move { page.render() }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/metrics", listener.local_addr()?);
    let server = tokio::spawn(async { axum::serve(listener, routes).await });
    let client = reqwest::Client::builder().no_proxy().build()?;
    let text = client.get(url).send().await?.text().await?;
    server.abort();
    Ok(text)
}

/// What the page says at one time: how often something has happened since the start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) calls: f64,
    pub(crate) retries: f64,
    /// Calls that retries saved.
    pub(crate) saved: f64,
    /// Calls that gave up because their attempts were used up.
    pub(crate) exhausted: f64,
    /// Calls that gave up because the budget was empty.
    pub(crate) over_budget: f64,
}

impl Totals {
    pub(crate) fn read(page: &str) -> Self {
        let sum = |series: &str| {
            let values = page.lines().filter(|line| line.starts_with(series));
            let values = values.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            // `sum` of nothing is -0.
            values.fold(0.0, |sum, value| sum + value)
        };
        Self {
            calls: sum("retryable_calls_total{"),
            retries: sum("retryable_retries_total{"),
            saved: sum("retryable_calls_total{name=\"stock\",kind=\"succeeded_after_retry\"}"),
            exhausted: sum("retryable_give_ups_total{name=\"stock\",reason=\"exhausted\"}"),
            over_budget: sum("retryable_give_ups_total{name=\"stock\",reason=\"budget\"}"),
        }
    }

    /// What has happened since, as `increase` computes it.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            calls: self.calls - before.calls,
            retries: self.retries - before.retries,
            saved: self.saved - before.saved,
            exhausted: self.exhausted - before.exhausted,
            over_budget: self.over_budget - before.over_budget,
        }
    }

    /// The percentage of requests that are retries.
    pub(crate) fn retry_ratio(self) -> f64 {
        100.0 * self.retries / (self.calls + self.retries)
    }

    /// The percentage of calls that retries saved.
    pub(crate) fn saved_ratio(self) -> f64 {
        100.0 * self.saved / self.calls
    }
}
