//! Spans of attempts, as a subscriber sees them.

mod support;

use std::time::Duration;

use reqwest::{Body, RequestBuilder, Url};
use reqwest_middleware::ClientBuilder;
use retry_core::{NoDelay, Policy};
use retry_reqwest::testing::{Reply, Server, cut_after, hang, redirect, reply, reset};
use retry_reqwest::{
    ReplayBody, RequestBuilderExt, RetryClient, RetryLayer, RetryMiddleware, RetrySettings,
    blocking,
};
use tower::{Layer, ServiceExt};

use crate::server::{client, ok};
use support::{Seen, Spans, on_a_thread, spans_of};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

fn busy_twice() -> [Reply; 3] {
    [reply(503), reply(503), ok()]
}

/// The numbers of the resends, the statuses and the types of the errors.
const BUSY_TWICE: [[&str; 3]; 3] = [["-", "503", "503"], ["1", "503", "503"], ["2", "200", "-"]];

/// A dash stands for a field that is absent.
#[track_caller]
fn assert_attempts(spans: &Spans, expected: &[[&str; 3]]) {
    let attempts = spans.attempts();
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "-".to_owned());
    let seen: Vec<_> = attempts
        .iter()
        .map(|seen| seen.each_ref().map(word))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn every_form_has_a_span_for_each_attempt() {
    let spans = spans_of(busy_twice(), async |url| {
        let request = client().get(url).retry(&POLICY).spans();
        request.text().await.unwrap();
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let request = client().get(url).retry(&POLICY).spans();
        request.download(Vec::new()).await.unwrap();
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let retrying = RetryClient::new(client(), POLICY).spans();
        retrying.get(url).send().await.unwrap();
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let middleware = RetryMiddleware::new(POLICY).settings(RetrySettings::new().spans());
        let retrying = ClientBuilder::new(client()).with(middleware).build();
        retrying.get(url).send().await.unwrap();
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let layer = RetryLayer::new(POLICY).settings_by(|_| RetrySettings::new().spans());
        let request = client().get(url).build().unwrap();
        layer.layer(client()).oneshot(request).await.unwrap();
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let call = |client: reqwest::blocking::Client| {
            let request = blocking::RequestBuilderExt::retry(client.get(url), &POLICY);
            request.spans().text().unwrap();
        };
        on_a_thread(call).await;
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let call = |client: reqwest::blocking::Client| {
            let request = blocking::RequestBuilderExt::retry(client.get(url), &POLICY);
            request.spans().download(Vec::new()).unwrap();
        };
        on_a_thread(call).await;
    });
    assert_attempts(&spans.await, &BUSY_TWICE);

    let spans = spans_of(busy_twice(), async |url| {
        let call = |client| {
            let retrying = blocking::RetryClient::new(client, POLICY).spans();
            retrying.get(url).send().unwrap();
        };
        on_a_thread(call).await;
    });
    assert_attempts(&spans.await, &BUSY_TWICE);
}

#[tokio::test]
async fn a_span_has_the_fields_of_the_conventions() {
    let mut called = String::new();
    let spans = spans_of([reply(503), ok()], async |url| {
        called = url + "/users/7";
        let request = client().get(called.clone() + "?key=secret").retry(&POLICY);
        request.spans().send().await.unwrap();
    });
    let span = &spans.await.all()[0];
    assert_eq!(span.metadata.name(), "HTTP request");
    assert_eq!(span.metadata.target(), "retryable::http");
    assert_eq!(*span.metadata.level(), tracing::Level::INFO);
    let port = called.parse::<Url>().unwrap().port().unwrap().to_string();
    for (name, expected) in [
        ("otel.kind", Some("client")),
        ("otel.name", Some("GET")),
        ("http.request.method", Some("GET")),
        ("server.address", Some("127.0.0.1")),
        ("server.port", Some(&*port)),
        ("url.full", Some(&*called)),
        ("http.request.resend_count", None),
        ("http.response.status_code", Some("503")),
        ("error.type", Some("503")),
        ("otel.status_code", Some("ERROR")),
    ] {
        assert_eq!(span.fields.get(name), expected, "{name}");
    }
}

#[tokio::test]
async fn the_address_of_a_server_is_a_host_or_an_address_without_brackets() {
    for (url, address, port) in [
        ("http://[::1]:1/", Some("::1"), Some("1")),
        ("https://localhost/", Some("localhost"), Some("443")),
        // Without a host, nothing is sent.
        ("data:text", None, None),
    ] {
        let spans = spans_of([], async |_| {
            let once = POLICY.max_attempts(1);
            let _ = client().get(url).retry(&once).spans().send().await;
        });
        let seen = spans.await.all();
        let field = |name| seen.first().and_then(|span| span.fields.get(name));
        let place = (field("server.address"), field("server.port"));
        assert_eq!(place, (address, port), "{url}");
    }
}

#[tokio::test]
async fn requests_that_do_not_ask_for_spans_have_none() {
    let spans = spans_of(busy_twice(), async |url| {
        client().get(url).retry(&POLICY).send().await.unwrap();
    });
    let spans = spans.await;
    // The subscriber was listening: it saw two retries and the recovery.
    assert_eq!((spans.all().len(), spans.events().len()), (0, 3));
}

async fn spans_of_text(
    replies: impl IntoIterator<Item = Reply>,
    change: fn(RequestBuilder) -> RequestBuilder,
) -> Spans {
    let call = async |url: String| {
        let request = change(client().get(url)).retry(&POLICY);
        let _ = request.spans().text().await;
    };
    spans_of(replies, call).await
}

#[tokio::test]
async fn an_attempt_without_a_status_has_a_word() {
    let spans = spans_of_text([reset(), ok()], |request| request).await;
    assert_attempts(&spans, &[["-", "-", "other"], ["1", "200", "-"]]);

    let late = |request: RequestBuilder| request.timeout(Duration::from_millis(50));
    let spans = spans_of_text([hang(), hang(), hang()], late).await;
    let late = |number| [number, "-", "timeout"];
    assert_attempts(&spans, &["-", "1", "2"].map(late));
}

#[tokio::test]
async fn the_span_of_an_interrupted_body_has_both_the_status_and_the_error() {
    let spans = spans_of_text([cut_after(2, "hello"), ok()], |request| request).await;
    assert_attempts(&spans, &[["-", "200", "body"], ["1", "200", "-"]]);
}

#[tokio::test]
async fn an_attempt_that_is_cut_off_has_a_span_with_a_timeout() {
    let spans = spans_of([hang(), ok()], async |url| {
        let policy = POLICY.attempt_timeout(Duration::from_millis(200));
        let request = client().get(url).retry(&policy).spans();
        request.text().await.unwrap();
    });
    assert_attempts(&spans.await, &[["-", "-", "timeout"], ["1", "200", "-"]]);
}

#[tokio::test]
async fn an_attempt_without_time_to_send_has_no_span() {
    let spans = spans_of([], async |url| {
        let policy = POLICY.deadline(Duration::ZERO);
        let request = client().get(url).retry(&policy).spans();
        request.text().await.unwrap_err();
    });
    assert!(spans.await.all().is_empty());
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_its_span() {
    let spans = spans_of([hang()], async |url| {
        let request = client().get(url).retry(&POLICY).spans();
        let call = tokio::time::timeout(Duration::from_millis(100), request.send());
        call.await.unwrap_err();
    });
    assert_attempts(&spans.await, &[["-", "-", "-"]]);
}

#[tokio::test]
async fn the_span_of_a_redirected_upload_has_the_last_status() {
    let there = Server::script([ok()]);
    let spans = spans_of([redirect(307, there.url())], async |url| {
        let body = ReplayBody::from_fn(|| {
            let pieces = ["body"].map(std::io::Result::Ok);
            Body::wrap_stream(futures_util::stream::iter(pieces))
        });
        let request = client().put(url).retry(&POLICY).spans();
        request.replay_body(body).send().await.unwrap();
    });
    assert_attempts(&spans.await, &[["-", "200", "-"]]);
}

/// reqwest follows them inside of the attempt.
#[tokio::test]
async fn a_redirect_that_reqwest_follows_is_no_resend() {
    let there = Server::script(busy_twice());
    let here = [(); 3].map(|()| redirect(302, there.url()));
    let spans = spans_of(here, async |url| {
        let request = client().get(url).retry(&POLICY).spans();
        request.text().await.unwrap();
    });
    assert_attempts(&spans.await, &BUSY_TWICE);
}

#[tokio::test]
async fn the_span_of_an_attempt_is_the_parent_of_what_happens_in_it() {
    let awaited = spans_of(busy_twice(), async |url| {
        let request = client().get(url).retry(&POLICY).spans();
        let request = request.before_attempt(async |request| {
            tokio::task::yield_now().await;
            tracing::trace!(target: "retryable::test", "signing");
            Ok(request)
        });
        request.send().await.unwrap();
    });
    let blocking = spans_of(busy_twice(), async |url| {
        let call = |client: reqwest::blocking::Client| {
            let request = blocking::RequestBuilderExt::retry(client.get(url), &POLICY);
            let request = request.spans().before_attempt(|request| {
                tracing::trace!(target: "retryable::test", "signing");
                Ok(request)
            });
            request.send().unwrap();
        };
        on_a_thread(call).await;
    });
    for spans in [awaited.await, blocking.await] {
        let parent = |event: Seen| (event.metadata.target(), event.parent);
        let parents: Vec<_> = spans.events().into_iter().map(parent).collect();
        // A retry is scheduled after its attempt, and before the next one.
        let expected = [
            ("retryable::test", Some(1)),
            ("retryable::retry", None),
            ("retryable::test", Some(2)),
            ("retryable::retry", None),
            ("retryable::test", Some(3)),
            ("retryable::recovered", None),
        ];
        assert_eq!(parents, expected);
    }
}

#[tokio::test]
async fn no_field_shows_a_secret() {
    let failing = || reply(503).header("x-token", "secret").body("secret");
    let spans = spans_of([failing(), reset(), failing()], async |url| {
        let url = url.replace("http://", "http://secret-user:secret-word@");
        let request = client().post(url + "/path?key=secret#secret");
        let request = request.bearer_auth("secret").header("x-key", "secret");
        let request = request.body("secret").retry(&POLICY).idempotent();
        request.spans().text().await.unwrap_err();
    });
    let spans = spans.await;
    let busy = |number| [number, "503", "503"];
    assert_attempts(&spans, &[busy("-"), ["1", "-", "other"], busy("2")]);
    let shown = format!("{spans:?}");
    assert!(shown.contains("/path"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}
