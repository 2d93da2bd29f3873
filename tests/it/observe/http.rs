//! Every form of an HTTP request reports the same facts: one golden of each event.

use std::future::Future;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use retryable::http::testing::{Reply, Server, redirect, reply, reset};
use retryable::http::{RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware, blocking};
use retryable::{NoDelay, Policy};
use tower::{Layer, ServiceExt};

use super::metrics::recorded;
use super::support::{Lines, observed};

type ThisPolicy = Policy<NoDelay>;

const POLICY: ThisPolicy = Policy::with_backoff(NoDelay).max_attempts(3).name("call");

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

fn headers() -> HeaderMap {
    HeaderMap::from_iter([(
        HeaderName::from_static("x-token"),
        HeaderValue::from_static("hunter2"),
    )])
}

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .default_headers(headers())
        .build()
        .expect("a client")
}

fn blocking_client() -> reqwest::blocking::Client {
    reqwest::blocking::Client::builder()
        .no_proxy()
        .default_headers(headers())
        .build()
        .expect("a client")
}

/// Sends a GET to the URL.
type Form = (&'static str, fn(ThisPolicy, &str));

const FORMS: &[Form] = &[
    ("request", |policy, url| {
        let _ = block_on(client().get(url).retry(&policy).send());
    }),
    ("download", |policy, url| {
        let request = client().get(url).retry(&policy);
        let _ = block_on(request.download(Vec::new()));
    }),
    ("client", |policy, url| {
        let client = RetryClient::new(client(), policy);
        let _ = block_on(client.get(url).send());
    }),
    ("middleware", |policy, url| {
        let client = reqwest_middleware::ClientBuilder::new(client())
            .with(RetryMiddleware::new(policy))
            .build();
        let _ = block_on(client.get(url).send());
    }),
    ("layer", |policy, url| {
        let service = RetryLayer::new(policy).layer(client());
        let request = client().get(url).build().expect("a request");
        let _ = block_on(service.oneshot(request));
    }),
    ("blocking request", |policy, url| {
        use blocking::RequestBuilderExt;

        let _ = blocking_client().get(url).retry(&policy).send();
    }),
    ("blocking download", |policy, url| {
        use blocking::RequestBuilderExt;

        let request = blocking_client().get(url).retry(&policy);
        let _ = request.download(Vec::new());
    }),
    ("blocking client", |policy, url| {
        let client = blocking::RetryClient::new(blocking_client(), policy);
        let _ = client.get(url).send();
    }),
];

/// A server that is busy, then asks for a wait of no length, then responds.
fn recovers() -> Vec<Reply> {
    vec![
        reply(503),
        reply(429).header("retry-after", "0"),
        reply(200),
    ]
}

#[track_caller]
fn assert_observed(policy: ThisPolicy, replies: fn() -> Vec<Reply>, expected: &[&str]) {
    for (form, call) in FORMS {
        let server = Server::script(replies());
        let ((), seen) = observed(|| call(policy, &server.url()));
        assert_eq!(seen, expected, "{form}");
    }
}

#[test]
fn a_recovery() {
    assert_observed(
        POLICY,
        recovers,
        &[
            "retrying call 1/3 transient 503 None Some(0ns) None None",
            "retrying call 2/3 throttled 429 Some(0ns) Some(0ns) None None",
            "recovered call 3/3 None None",
        ],
    );
}

#[test]
fn attempts_that_are_used_up() {
    assert_observed(
        POLICY,
        || vec![reply(503), reply(500), reply(502)],
        &[
            "retrying call 1/3 transient 503 None Some(0ns) None None",
            "retrying call 2/3 transient 500 None Some(0ns) None None",
            "gave up call 3/3 transient 502 None None None None: exhausted",
        ],
    );
}

#[test]
fn a_policy_without_a_name_is_called_unnamed() {
    assert_observed(
        Policy::with_backoff(NoDelay).max_attempts(1),
        || vec![reply(404)],
        &["gave up unnamed 1/1 permanent 404 None None None None: not_retryable"],
    );
}

#[test]
fn the_events_of_a_recovery() {
    for (form, call) in FORMS {
        let server = Server::script(recovers());
        let ((), lines) = Lines::of(|| call(POLICY, &server.url()));
        assert_eq!(
            lines,
            [
                "DEBUG retryable::retry retry.name=\"call\" retry.attempt=1 retry.max=3 \
                 retry.class=\"transient\" error.type=\"503\" retry.delay_ms=0.0",
                "DEBUG retryable::retry retry.name=\"call\" retry.attempt=2 retry.max=3 \
                 retry.class=\"throttled\" error.type=\"429\" retry.delay_ms=0.0 retry.hint_ms=0.0",
                "INFO retryable::recovered retry.name=\"call\" retry.attempts=3",
            ],
            "{form}"
        );
    }
}

#[test]
fn the_events_of_a_give_up() {
    for (form, call) in FORMS {
        let server = Server::script([reply(503), reply(502), reply(500)]);
        let ((), lines) = Lines::of(|| call(POLICY, &server.url()));
        let last = "WARN retryable::give_up retry.name=\"call\" retry.attempt=3 retry.max=3 \
             retry.class=\"transient\" error.type=\"500\" retry.attempts=3 retry.reason=\"exhausted\"";
        assert_eq!(lines.last().map(String::as_str), Some(last), "{form}");
        let server = Server::script([reply(404)]);
        let ((), lines) = Lines::of(|| call(POLICY, &server.url()));
        let only = "DEBUG retryable::give_up retry.name=\"call\" retry.attempt=1 retry.max=3 \
             retry.class=\"permanent\" error.type=\"404\" retry.attempts=1 retry.reason=\"not_retryable\"";
        assert_eq!(lines, [only], "{form}");
    }
}

/// In the URL, in the headers and bodies of both sides, and in the text of the error, which has the URL.
#[test]
fn no_form_shows_a_secret_at_any_level() {
    let secret = |code| reply(code).header("set-cookie", "hunter2").body("hunter2");
    let elsewhere = "http://hunter2:hunter2@127.0.0.1:1/?hunter2#hunter2";
    for (form, call) in FORMS {
        let replies = [secret(503), reset(), redirect(302, elsewhere)];
        let server = Server::script(replies);
        let url = server.url().replace("http://", "http://hunter2:hunter2@");
        let url = url + "/?token=hunter2#hunter2";
        let (((), seen), lines) = Lines::of(|| observed(|| call(POLICY, &url)));
        assert_eq!((seen.len(), lines.len()), (3, 3), "{form}");
        let shown = format!("{seen:?} {lines:?}");
        assert!(!shown.contains("hunter2"), "{form}: {shown}");
        let sent = &server.requests()[0];
        assert!(sent.path.contains("hunter2"), "{form}");
        assert_eq!(sent.headers["x-token"], "hunter2", "{form}");
    }
}

#[test]
fn the_metrics_of_a_recovery() {
    for (form, call) in FORMS {
        let server = Server::script(recovers());
        let lines = recorded(|| call(POLICY, &server.url()));
        assert_eq!(
            lines,
            [
                "retryable_attempts name=call: [3.0]",
                "retryable_calls_total name=call kind=succeeded_after_retry: 1",
                "retryable_retries_total name=call class=throttled: 1",
                "retryable_retries_total name=call class=transient: 1",
                "retryable_wait_seconds name=call: [0.0]",
            ],
            "{form}"
        );
    }
}
