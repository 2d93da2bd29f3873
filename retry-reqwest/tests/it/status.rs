//! Statuses and the headers that refine them.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use retry_core::{Class, Classify, Policy};
use retry_reqwest::{ErrorKind, RequestBuilderExt, classify_status, explain_status};

use retry_reqwest::testing::{Server, raw};

use crate::server::{assert_verdict, client, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1));
const UNHINTED: Class = Class::Throttled { retry_after: None };
const HINTED: Class = Class::Throttled {
    retry_after: Some(Duration::from_secs(3)),
};

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|&(name, value)| {
        let value = value.parse().unwrap();
        (name.parse().unwrap(), value)
    });
    pairs.collect()
}

/// The table, once more and in another shape.
fn expected(code: u16, hinted: bool) -> Class {
    match code {
        408 | 500 | 502 | 504 | 520 | 521 | 522 | 523 | 524 | 600.. => Class::Transient,
        503 if !hinted => Class::Transient,
        425 => Class::Refused,
        403 | 413 | 429 | 503 | 529 if hinted => HINTED,
        429 | 529 => UNHINTED,
        _ => Class::Permanent,
    }
}

#[test]
fn every_status_goes_by_the_table() {
    let (plain, hint) = (HeaderMap::new(), headers(&[("retry-after", "3")]));
    for code in 100..=999 {
        let status = StatusCode::from_u16(code).unwrap();
        assert_eq!(
            classify_status(status, &plain),
            expected(code, false),
            "{code}"
        );
        assert_eq!(
            classify_status(status, &hint),
            expected(code, true),
            "{code} with a hint"
        );
    }
}

#[test]
fn a_hint_that_is_nonsense_changes_no_class() {
    let nonsense = headers(&[("retry-after", "soon")]);
    for code in 400..=999 {
        let status = StatusCode::from_u16(code).unwrap();
        assert_eq!(
            classify_status(status, &nonsense),
            expected(code, false),
            "{code}"
        );
    }
}

#[test]
fn the_server_may_say_itself_whether_to_retry() {
    let cases = [
        (404, "true", None, Class::Transient),
        (404, " TRUE ", None, Class::Transient),
        (404, "true", Some("3"), HINTED),
        (404, "maybe", None, Class::Permanent),
        (200, "true", Some("3"), Class::Permanent),
        (304, "true", None, Class::Permanent),
        (429, "true", None, UNHINTED),
        (429, "true", Some("3"), HINTED),
        (425, "true", Some("3"), Class::Refused),
        (500, "true", Some("3"), HINTED),
        (500, "false", None, Class::Permanent),
        (429, "false", Some("3"), Class::Permanent),
        (503, "False", Some("3"), Class::Permanent),
        (503, "no", Some("3"), HINTED),
    ];
    for (code, should_retry, hint, class) in cases {
        let mut headers = headers(&[("x-should-retry", should_retry)]);
        if let Some(hint) = hint {
            headers.insert("retry-after", hint.parse().unwrap());
        }
        let status = StatusCode::from_u16(code).unwrap();
        let case = format!("{code}, x-should-retry: {should_retry}, retry-after: {hint:?}");
        assert_eq!(classify_status(status, &headers), class, "{case}");
    }
}

#[test]
fn a_rule_has_the_name_of_what_decided() {
    let cases = [
        (503, &[][..], "503 service unavailable"),
        (
            503,
            &[("retry-after-ms", "3000")],
            "503 with a valid Retry-After",
        ),
        (529, &[], "529 overloaded"),
        (501, &[], "a status that no retry changes"),
        (
            400,
            &[("x-should-retry", "true")],
            "the server sent x-should-retry: true",
        ),
    ];
    for (code, pairs, rule) in cases {
        let status = StatusCode::from_u16(code).unwrap();
        assert_eq!(explain_status(status, &headers(pairs)).rule, rule);
    }
}

#[tokio::test]
async fn every_status_of_a_real_server_goes_by_the_table() {
    for (hint, hinted) in [("", false), ("retry-after: 3\r\n", true)] {
        let script = (200..=999).map(|code| match code {
            // These have no body, and so no length.
            204 | 304 => raw(format!("HTTP/1.1 {code} None\r\n{hint}\r\n")),
            code => respond(code, hint, "why"),
        });
        let server = Server::repeat_last(script);
        let client = client();
        for code in 200..=999 {
            match client.get(server.url()).send_checked().await {
                Ok(response) => {
                    assert_eq!(response.status().as_u16(), code);
                    assert!(code < 300);
                    response.bytes().await.unwrap();
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Status);
                    assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
                    assert_eq!(error.classify(), expected(code, hinted), "{code}");
                    assert_eq!(error.retry_after().is_some(), hinted);
                    assert_eq!(error.body(), if code == 304 { &b""[..] } else { b"why" });
                }
            }
        }
        assert_eq!((server.requests().len(), server.connections()), (800, 1));
    }
}

/// The server is still processing the first request with this key: its outcome can be asked for later.
#[tokio::test]
async fn a_409_is_transient_if_the_request_has_an_idempotency_key() {
    let server = Server::repeat_last([respond(409, "", "under way")]);
    let rule = "409 on a request with an Idempotency-Key: still being processed";
    for method in [Method::GET, Method::PUT, Method::POST] {
        let request = || client().request(method.clone(), server.url());
        let error = request().send_checked().await.unwrap_err();
        assert_eq!(error.classify(), Class::Permanent, "{method}");
        let request = || request().header("idempotency-key", "1");
        let error = request().send_checked().await.unwrap_err();
        assert_verdict(error.explain(), Class::Transient, rule, &error);
        let (_, report) = request().retry(&POLICY).report().text().await;
        assert_eq!(report.attempts, 3);
    }
    let (_, report) = client()
        .post(server.url())
        .retry(&POLICY)
        .idempotency_key()
        .report()
        .send()
        .await;
    assert_eq!(report.attempts, 3);
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn a_409_under_a_key_and_a_status_of_600_are_retried_through_a_layer() {
    use tower::{Layer, ServiceExt};

    for (status, key, attempts) in [(409, true, 3), (409, false, 1), (600, true, 3)] {
        let server = Server::repeat_last([respond(status, "", "why")]);
        let layer = retry_reqwest::RetryLayer::new(POLICY).settings_by(move |_| {
            let settings = retry_reqwest::RetrySettings::new();
            if key {
                settings.idempotency_key()
            } else {
                settings
            }
        });
        let request = client().post(server.url()).build().unwrap();
        let response = layer.layer(client()).oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(server.requests().len(), attempts, "{status}");
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_409_under_a_key_and_a_status_of_600_are_retried_by_blocking_requests() {
    use retry_reqwest::blocking::RequestBuilderExt as _;

    for (status, key, attempts) in [(409, true, 3), (409, false, 1), (600, true, 3)] {
        let server = Server::repeat_last([respond(status, "", "why")]);
        let url = server.url();
        let outcome = crate::blocking::blocking(move |client| {
            let request = client.post(url).retry(&POLICY);
            if key {
                request.idempotency_key().text()
            } else {
                request.text()
            }
        });
        assert_eq!(
            outcome.await.unwrap_err().status().unwrap().as_u16(),
            status
        );
        assert_eq!(server.requests().len(), attempts, "{status}");
    }
}
