//! What OpenTelemetry receives of calls that are retried.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ScopeMetrics};
use opentelemetry_sdk::trace::SpanData;
use otel::Telemetry;
use retryable::http::testing::{Reply, Server, cut_after, reply};
use retryable::http::{Error, RequestBuilderExt, RetryClient, blocking};
use retryable::{Budget, Classified, Classify, NoDelay, Policy};
use retryable::{permanent, resend_count, retryable, transient};
use tracing::{Instrument, Span, info_span, instrument};

/// One for all tests of this process.
static TELEMETRY: LazyLock<Telemetry> =
    LazyLock::new(|| Telemetry::install().expect("nothing else is installed"));

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("a client")
}

/// Runs the call in a span with this name. Returns that span, and the spans in it, in the order in which they began.
async fn spans_in<T>(root: Span, call: impl Future<Output = T>) -> (SpanData, Vec<SpanData>) {
    let name = root.metadata().expect("the span is enabled").name();
    call.instrument(root).await;
    let mut spans = TELEMETRY.spans.get_finished_spans().expect("spans");
    let found = spans.iter().position(|span| span.name == name);
    let root = spans.swap_remove(found.expect("the span has ended"));
    let trace = root.span_context.trace_id();
    spans.retain(|span| span.span_context.trace_id() == trace);
    spans.sort_by_key(|span| span.start_time);
    (root, spans)
}

fn attribute<'a>(span: &'a SpanData, key: &str) -> Option<&'a Value> {
    let found = span
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == key);
    found.map(|attribute| &attribute.value)
}

/// The number of the resend, the status and the type of the error. A dash stands for an attribute that is absent.
fn facts(span: &SpanData) -> [String; 3] {
    let keys = [
        "http.request.resend_count",
        "http.response.status_code",
        "error.type",
    ];
    keys.map(|key| attribute(span, key).map_or_else(|| "-".to_owned(), ToString::to_string))
}

/// The conventions have them as numbers, and a backend compares them as such.
#[track_caller]
fn assert_numbers(attributes: &[KeyValue]) {
    let numbers = [
        "http.request.resend_count",
        "http.response.status_code",
        "server.port",
        "retry.attempt",
        "retry.attempts",
        "retry.max",
    ];
    for attribute in attributes {
        if numbers.contains(&attribute.key.as_str()) {
            assert!(matches!(attribute.value, Value::I64(_)), "{attribute:?}");
        }
    }
}

#[track_caller]
fn assert_attempts(root: &SpanData, spans: &[SpanData], expected: &[[&str; 3]]) {
    let seen: Vec<_> = spans.iter().map(facts).collect();
    assert_eq!(seen, expected);
    for span in spans {
        assert_eq!(span.name, "GET");
        assert_eq!(span.span_kind, SpanKind::Client);
        assert_eq!(span.parent_span_id, root.span_context.span_id());
        let failed = attribute(span, "error.type").is_some();
        let status = if failed {
            Status::error("")
        } else {
            Status::Unset
        };
        assert_eq!(span.status, status);
        let method = attribute(span, "http.request.method");
        assert_eq!(method, Some(&Value::from("GET")));
        assert_eq!(
            attribute(span, "server.address"),
            Some(&Value::from("127.0.0.1"))
        );
        assert!(attribute(span, "server.port").is_some());
        assert_numbers(&span.attributes);
        let url = attribute(span, "url.full").expect("a URL").to_string();
        assert!(url.ends_with("/page") && !url.contains("secret"), "{url}");
    }
}

fn busy_twice() -> [Reply; 3] {
    [reply(503), reply(503), reply(200).body("hello")]
}

/// A URL with secrets.
fn url(server: &Server) -> String {
    let server = server.url().replace("http://", "http://user:secret@");
    server + "/page?key=secret"
}

const BUSY_TWICE: [[&str; 3]; 3] = [["-", "503", "503"], ["1", "503", "503"], ["2", "200", "-"]];

#[tokio::test]
async fn each_attempt_of_a_request_is_a_span_of_a_client() {
    LazyLock::force(&TELEMETRY);
    let server = Server::script(busy_twice());
    let (root, spans) = spans_in(info_span!("a request"), async {
        let client = RetryClient::new(client(), POLICY).spans();
        client.get(url(&server)).text().await.expect("the third");
    })
    .await;
    assert_attempts(&root, &spans, &BUSY_TWICE);
    assert_eq!(root.parent_span_id, SpanId::INVALID);
    assert_eq!(root.span_kind, SpanKind::Internal);
    let events: Vec<_> = root.events.iter().map(|event| &*event.name).collect();
    let expected = ["retryable.retry", "retryable.retry", "retryable.recovered"];
    assert_eq!(events, expected);
    for event in &root.events.events {
        assert_numbers(&event.attributes);
    }
}

#[tokio::test]
async fn each_attempt_of_a_blocking_request_is_a_span_of_a_client() {
    LazyLock::force(&TELEMETRY);
    let server = Server::script(busy_twice());
    let (root, spans) = spans_in(info_span!("a blocking request"), async {
        let (url, span) = (url(&server), Span::current());
        let call = move || {
            let client = reqwest::blocking::Client::builder().no_proxy().build();
            let client = blocking::RetryClient::new(client.expect("a client"), POLICY);
            span.in_scope(|| client.spans().get(url).text())
        };
        let text = tokio::task::spawn_blocking(call).await.expect("no panic");
        text.expect("the third");
    })
    .await;
    assert_attempts(&root, &spans, &BUSY_TWICE);
}

#[tokio::test]
async fn an_interrupted_body_has_a_status_and_an_error() {
    LazyLock::force(&TELEMETRY);
    let server = Server::script([cut_after(2, "hello"), reply(200).body("hello")]);
    let (root, spans) = spans_in(info_span!("an interrupted body"), async {
        let request = client().get(url(&server)).retry(&POLICY).spans();
        request.text().await.expect("the second");
    })
    .await;
    assert_attempts(&root, &spans, &[["-", "200", "body"], ["1", "200", "-"]]);
}

/// As the page "Observing" shows it.
#[instrument(skip_all, fields(http.request.resend_count = resend_count().map(i64::from), error.r#type))]
#[retryable(backoff = "none")]
async fn page(client: &reqwest::Client, url: &str) -> Result<String, Error> {
    let page = async { client.get(url).send_checked().await?.text().await };
    page.await.inspect_err(|error| {
        Span::current().record("error.type", error.error_type());
    })
}

#[tokio::test]
async fn instrument_makes_spans_of_the_attempts_of_a_function() {
    LazyLock::force(&TELEMETRY);
    let last = reply(200).body("hello");
    let server = Server::script([reply(503), cut_after(2, "hello"), last]);
    let (root, spans) = spans_in(info_span!("a function"), async {
        page(&client(), &url(&server)).await.expect("the third");
    })
    .await;
    let seen: Vec<_> = spans.iter().map(facts).collect();
    let expected = [["-", "-", "503"], ["1", "-", "body"], ["2", "-", "-"]];
    assert_eq!(seen, expected);
    for span in spans {
        assert_numbers(&span.attributes);
        assert_eq!((&*span.name, span.span_kind), ("page", SpanKind::Internal));
        assert_eq!(span.parent_span_id, root.span_context.span_id());
    }
}

/// The values of all counters whose calls have this name, and the counts of histograms.
fn counted(name: &str) -> BTreeMap<String, u64> {
    TELEMETRY.meters.force_flush().expect("metrics");
    let finished = TELEMETRY.metrics.get_finished_metrics().expect("metrics");
    let mut counted = BTreeMap::new();
    // Each flush has the sums since the start.
    let last = finished.last().expect("a flush");
    for metric in last.scope_metrics().flat_map(ScopeMetrics::metrics) {
        let mut add = |attributes: Vec<&KeyValue>, value| {
            let words = |key| attributes.iter().find(|word| word.key.as_str() == key);
            if words("retry.name").is_some_and(|word| word.value.as_str() == name) {
                let word = attributes
                    .iter()
                    .find(|word| word.key.as_str() != "retry.name");
                let word = word.expect("two attributes").value.as_str();
                counted.insert(format!("{} {word}", metric.name()), value);
            }
        };
        match metric.data() {
            AggregatedMetrics::U64(MetricData::Sum(sum)) => sum
                .data_points()
                .for_each(|point| add(point.attributes().collect(), point.value())),
            AggregatedMetrics::U64(MetricData::Histogram(histogram)) => histogram
                .data_points()
                .for_each(|point| add(point.attributes().collect(), point.sum())),
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => histogram
                .data_points()
                .for_each(|point| add(point.attributes().collect(), point.count())),
            _ => panic!("an unknown kind of {}", metric.name()),
        }
    }
    counted
}

#[track_caller]
fn assert_counted(name: &str, expected: &[(&str, u64)]) {
    let counted = counted(name);
    let counted: Vec<_> = counted
        .iter()
        .map(|(key, &value)| (&**key, value))
        .collect();
    assert_eq!(counted, expected);
}

#[test]
fn the_instruments_count_calls_retries_and_give_ups() {
    static EMPTY: Budget = Budget::new(0.0).burst(0);

    LazyLock::force(&TELEMETRY);
    let policy = POLICY.name("load");
    let mut attempts = 0..;
    let third = || match attempts.next() {
        Some(0 | 1) => Err(transient("busy")),
        _ => Ok(7),
    };
    assert_eq!(policy.run_blocking(third), Ok::<_, Classified<&str>>(7));
    let fails = || Err::<(), _>(transient("down"));
    assert!(policy.run_blocking(fails).is_err());
    assert!(policy.budget(&EMPTY).run_blocking(fails).is_err());
    let missing = || Err::<(), _>(permanent("404"));
    assert!(policy.run_blocking(missing).is_err());
    assert_counted(
        "load",
        &[
            ("retryable.attempts failed", 3),
            ("retryable.attempts succeeded", 3),
            ("retryable.calls failed", 3),
            ("retryable.calls succeeded", 1),
            ("retryable.give_ups budget", 1),
            ("retryable.give_ups exhausted", 1),
            ("retryable.give_ups not_retryable", 1),
            ("retryable.retries transient", 4),
            ("retryable.wait failed", 1),
            ("retryable.wait succeeded", 1),
        ],
    );
}

#[tokio::test]
async fn the_instruments_count_requests_by_the_name_of_their_policy() {
    LazyLock::force(&TELEMETRY);
    let server = Server::script(busy_twice());
    let policy = POLICY.name("greeting");
    let request = client().get(server.url()).retry(&policy);
    request.text().await.expect("the third");
    assert_counted(
        "greeting",
        &[
            ("retryable.attempts succeeded", 3),
            ("retryable.calls succeeded", 1),
            ("retryable.retries transient", 2),
            ("retryable.wait succeeded", 1),
        ],
    );
}

#[test]
fn the_program_prints_a_span_for_each_attempt_and_what_was_counted() {
    let output = Command::new(env!("CARGO_BIN_EXE_otel")).output();
    let output = output.expect("the example starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("GET (Client)").count(), 3, "{text}");
    assert!(text.contains("retry.name = greeting, retry.outcome = succeeded: 1\n"));
}
