//! Statuses and the headers that refine them.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use retry_core::{Class, Classify};
use retry_reqwest::{ErrorKind, RequestBuilderExt, classify_status, explain_status};

use crate::server::{Act, Server, client};

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
        408 | 500 | 502 | 504 | 520 | 521 | 522 | 523 | 524 => Class::Transient,
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
    for code in 100..=599 {
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
    for code in 400..=599 {
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
            "the server said x-should-retry: true",
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
        let script = (200..=599).map(|code| match code {
            // These have no body, and so no length.
            204 | 304 => Act::Answer(format!("HTTP/1.1 {code} None\r\n{hint}\r\n").into()),
            code => Act::status(code, hint, "why"),
        });
        let server = Server::start(script).await;
        let client = client();
        for code in 200..=599 {
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
        assert_eq!((server.requests(), server.connections()), (400, 1));
    }
}
