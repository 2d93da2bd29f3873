//! The table of failures, against nginx.

use std::time::Duration;

use reqwest::{Client, Version};
use retry_core::{Class, Classify, NoDelay, Policy};
use retry_reqwest::testing::{Server, cut_after, hang};
use retry_reqwest::{Error, RequestBuilderExt};

use super::Nginx;
use crate::server::{Refusing, assert_rule, assert_verdict, builder, client, failure};

const SECOND: Class = Class::Throttled {
    retry_after: Some(Duration::from_secs(1)),
};
const UNHINTED: Class = Class::Throttled { retry_after: None };

/// One request a minute to each, and what is said to the next.
const ZONES: &str = "
    limit_req_zone $uri zone=minute:1m rate=1r/m;
    limit_req_zone $uri zone=quick:1m rate=20r/s;
";
const LIMITED: &str = "
    location = /429 { limit_req zone=minute; limit_req_status 429; }
    location = /503 { limit_req zone=minute; }
    location = /429-hinted { limit_req zone=minute; limit_req_status 429; add_header Retry-After 1 always; }
    location = /503-hinted { limit_req zone=minute; add_header Retry-After 1 always; }
    location = /quick { limit_req zone=quick; add_header Retry-After-Ms 50 always; }
";

async fn limited() -> Option<Nginx> {
    let nginx = Nginx::start(ZONES, LIMITED).await?;
    for name in ["429", "503", "429-hinted", "503-hinted", "quick"] {
        nginx.write(name, "here you are");
    }
    Some(nginx)
}

async fn checked(client: &Client, url: String) -> Error {
    client.get(url).send_checked().await.unwrap_err()
}

#[track_caller]
fn assert_error(error: &Error, class: Class, rule: &str) {
    assert_verdict(error.explain(), class, rule, error);
}

#[tokio::test]
async fn a_limit_of_rate_throttles_with_and_without_a_hint() {
    let Some(nginx) = limited().await else { return };
    let client = client();
    let cases = [
        ("429", UNHINTED, "429 too many requests"),
        ("429-hinted", SECOND, "429 with a valid Retry-After"),
        ("503", Class::Transient, "503 service unavailable"),
        ("503-hinted", SECOND, "503 with a valid Retry-After"),
    ];
    for (path, class, rule) in cases {
        let url = nginx.url(path);
        client.get(&url).send_checked().await.unwrap();
        assert_error(&checked(&client, url.clone()).await, class, rule);

        let once = client
            .post(url)
            .send_checked()
            .await
            .unwrap_err()
            .classify();
        let ambiguous = class == Class::Transient;
        assert_eq!(
            once,
            if ambiguous { Class::Ambiguous } else { class },
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_call_waits_as_long_as_a_limit_of_rate_asks() {
    let Some(nginx) = limited().await else { return };
    let policy: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(2);
    let client = client();
    for _ in 0..3 {
        let request = client.get(nginx.url("quick"));
        let text = request.retry(&policy).text().await.unwrap();
        assert_eq!(text, "here you are");
    }
}

#[tokio::test]
async fn an_upstream_that_is_down_or_silent_is_transient() {
    let silent = Server::repeat_last([hang()]);
    let down = Refusing::start();
    let locations = format!(
        "location = /down {{ proxy_pass {}; }}
        location = /silent {{ proxy_pass {}; proxy_read_timeout 30ms; }}",
        down.url(),
        silent.url()
    );
    let Some(nginx) = Nginx::start("", &locations).await else {
        return;
    };
    let client = client();
    let cases = [
        ("down", "502 bad gateway"),
        ("silent", "504 gateway timeout"),
    ];
    for (path, rule) in cases {
        assert_error(
            &checked(&client, nginx.url(path)).await,
            Class::Transient,
            rule,
        );
        let once = client
            .post(nginx.url(path))
            .send_checked()
            .await
            .unwrap_err();
        assert_eq!(once.classify(), Class::Ambiguous);
    }
}

#[tokio::test]
async fn an_upstream_that_breaks_off_is_transient() {
    let upstream = Server::repeat_last([cut_after(4, "half of it")]);
    let locations = format!("location = /half {{ proxy_pass {}; }}", upstream.url());
    let Some(nginx) = Nginx::start("", &locations).await else {
        return;
    };
    let error = failure(&client(), &nginx.url("half")).await;
    assert_rule(&error, Class::Transient, "the body ended too early");

    let client = builder()
        .tls_certs_only([nginx.authority.clone()])
        .build()
        .unwrap();
    let error = failure(&client, &nginx.https("half")).await;
    assert_eq!(error.classify(), Class::Transient, "over HTTP/2: {error:?}");
}

#[tokio::test]
async fn every_status_that_nginx_sends_follows_the_table() {
    let locations = "
        location = /400 { return 400; } location = /403 { return 403; } location = /408 { return 408; }
        location = /410 { return 410; } location = /425 { return 425; } location = /500 { return 500; }
        location = /501 { return 501; } location = /505 { return 505; } location = /522 { return 522; }
        location = /529 { return 529; } location = /444 { return 444; }
        location = /small { client_max_body_size 1; proxy_pass http://127.0.0.1:9; }
    ";
    let Some(nginx) = Nginx::start("", locations).await else {
        return;
    };
    let secure = builder()
        .tls_certs_only([nginx.authority.clone()])
        .build()
        .unwrap();
    let cases = [
        ("400", Class::Permanent),
        ("403", Class::Permanent),
        ("408", Class::Transient),
        ("410", Class::Permanent),
        ("425", Class::Refused),
        ("500", Class::Transient),
        ("501", Class::Permanent),
        ("505", Class::Permanent),
        ("522", Class::Transient),
        ("529", UNHINTED),
        ("missing", Class::Permanent),
    ];
    for (path, class) in cases {
        assert_eq!(
            checked(&client(), nginx.url(path)).await.classify(),
            class,
            "{path}"
        );
        assert_eq!(
            checked(&secure, nginx.https(path)).await.classify(),
            class,
            "{path} by HTTP/2"
        );
    }
    let large = client().put(nginx.url("small")).body("more than a byte");
    assert_eq!(
        large.send_checked().await.unwrap_err().classify(),
        Class::Permanent
    );

    let error = failure(&client(), &nginx.url("444")).await;
    assert_rule(
        &error,
        Class::Transient,
        "connection closed before the response",
    );
}

#[tokio::test]
async fn tls_that_is_not_trusted_or_not_spoken_is_permanent() {
    let Some(nginx) = Nginx::start("", "").await else {
        return;
    };
    let rule = "TLS certificate or protocol error";
    let error = failure(&client(), &nginx.https("")).await;
    assert_rule(&error, Class::Permanent, rule);

    let url = nginx.https("").replace("127.0.0.1", "localhost");
    let known = builder()
        .tls_certs_only([nginx.authority.clone()])
        .build()
        .unwrap();
    let error = failure(&known, &url).await;
    assert_rule(&error, Class::Permanent, rule);

    let plain = nginx.url("").replace("http:", "https:");
    let error = failure(&client(), &plain).await;
    assert_rule(&error, Class::Permanent, rule);

    let plain = nginx.https("").replace("https:", "http:");
    let error = checked(&client(), plain).await;
    assert_error(&error, Class::Permanent, "a status that no retry changes");
}

#[tokio::test]
async fn http_2_is_spoken_where_both_sides_can() {
    let Some(nginx) = Nginx::start("", "").await else {
        return;
    };
    nginx.write("file", "here you are");
    let client = builder()
        .tls_certs_only([nginx.authority.clone()])
        .build()
        .unwrap();
    let response = client
        .get(nginx.https("file"))
        .send_checked()
        .await
        .unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
}

#[tokio::test]
async fn an_nginx_that_has_stopped_refuses() {
    let Some(nginx) = Nginx::start("", "").await else {
        return;
    };
    let url = nginx.url("");
    drop(nginx);
    let error = failure(&client(), &url).await;
    assert_rule(
        &error,
        Class::Refused,
        "connection refused before the request was sent",
    );
}
