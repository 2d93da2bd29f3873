//! An upload follows its redirect, with its body and without its credentials.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy as Follow;
use reqwest::{Method, StatusCode};
use retry_core::{Class, Classify};
use retry_reqwest::testing::{redirect, reply};
use retry_reqwest::{ErrorKind, RequestBuilderExt};

use crate::server::{builder, client};
use crate::site::{Form, Sent, Site, send};

const APPLES: Sent = Sent::Bytes("three apples");

/// Sends uploads to `/entry` on to `/node`, by way of `/gate`.
fn cluster(code: u16) -> Site {
    Site::start(move |_, seen| match seen.path.as_str() {
        "/entry" => redirect(code, "/gate"),
        "/gate" => redirect(code, "/node"),
        _ => reply(201).body("stored"),
    })
}

#[tokio::test]
async fn an_upload_arrives_where_a_redirect_sends_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "three apples").unwrap();
    let bodies = [
        APPLES,
        Sent::File(file.path().to_owned()),
        Sent::Made("three apples"),
        Sent::Buffered("three apples"),
    ];
    for form in Form::ALL {
        for body in &bodies {
            if !matches!(body, Sent::Bytes(_)) && !form.replays() {
                continue;
            }
            for code in [307, 308] {
                for method in [Method::PUT, Method::POST] {
                    let site = cluster(code);
                    let sent = send(
                        *form,
                        client(),
                        method.clone(),
                        site.url("/entry"),
                        HeaderMap::new(),
                        body.clone(),
                    );
                    assert_eq!(sent.await.unwrap(), "stored", "{form:?} {body:?} {code}");
                    assert_eq!(
                        site.bodies("/node"),
                        ["three apples"],
                        "{form:?} {body:?} {code}"
                    );
                    assert!(
                        site.seen().iter().all(|seen| seen.method == method),
                        "{form:?}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn an_upload_that_is_sent_to_another_server_takes_no_credentials_along() {
    let credentials = HeaderMap::from_iter([
        (AUTHORIZATION, HeaderValue::from_static("Bearer s3cr3t")),
        (COOKIE, HeaderValue::from_static("s3cr3t")),
        (
            HeaderName::from_static("x-team"),
            HeaderValue::from_static("apples"),
        ),
    ]);
    for form in [Form::Retry, Form::RetryClient, Form::Download] {
        let other = cluster(307);
        let place = other.url("/gate");
        let first = Site::start(move |_, _| redirect(307, &place));
        let body = Sent::Made("three apples");
        let sent = send(
            form,
            client(),
            Method::PUT,
            first.url("/entry"),
            credentials.clone(),
            body,
        );
        assert_eq!(sent.await.unwrap(), "stored", "{form:?}");
        assert!(first.seen()[0].headers.contains_key(AUTHORIZATION));
        assert_eq!(other.seen().len(), 2);
        for seen in other.seen() {
            assert!(
                !format!("{:?}", seen.headers).contains("s3cr3t"),
                "{:?}",
                seen.headers
            );
            assert_eq!(seen.headers["x-team"], "apples");
        }
    }
}

#[tokio::test]
async fn an_upload_is_not_followed_where_the_client_might_forbid_it_or_add_credentials() {
    let other = cluster(307);
    let place = other.url("/node");
    let first = Site::start(move |_, _| redirect(307, &place));
    let secret = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("s3cr3t"))]);
    let clients = [
        builder().default_headers(secret),
        builder().redirect(Follow::none()),
        builder().redirect(Follow::limited(0)),
        builder().redirect(Follow::custom(|attempt| match attempt.status() {
            StatusCode::SEE_OTHER => attempt.stop(),
            _ => attempt.follow(),
        })),
    ];
    for client in clients.map(|client| client.build().unwrap()) {
        let body = Sent::Made("three apples");
        let sent = send(
            Form::Retry,
            &client,
            Method::PUT,
            first.url("/entry"),
            HeaderMap::new(),
            body,
        );
        let error = sent.await.unwrap_err();
        assert_eq!(
            error.status(),
            Some(StatusCode::TEMPORARY_REDIRECT),
            "{client:?}"
        );
        assert!(error.to_string().contains(&other.url("/node")), "{error}");
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn an_upload_that_is_redirected_for_ever_ends_with_an_error() {
    let site = Site::start(|_, _| redirect(307, "/again"));
    for (limit, requests) in [(3, 4), (10, 11)] {
        let client = builder().redirect(Follow::limited(limit)).build().unwrap();
        let before = site.seen().len();
        let body = Sent::Made("three apples");
        let sent = send(
            Form::Retry,
            &client,
            Method::PUT,
            site.url("/"),
            HeaderMap::new(),
            body,
        );
        assert_eq!(sent.await.unwrap_err().classify(), Class::Permanent);
        assert_eq!(site.seen().len() - before, requests);
    }
}

#[tokio::test]
async fn a_stream_that_is_redirected_fails_as_it_can_be_read_only_once() {
    let site = cluster(307);
    let stream = || {
        let pieces = futures_util::stream::iter([std::io::Result::Ok("three apples")]);
        reqwest::Body::wrap_stream(pieces)
    };
    for method in [Method::PUT, Method::POST] {
        let request = client()
            .request(method.clone(), site.url("/entry"))
            .body(stream());
        let checked = request.send_checked().await.map(drop);
        let request = client().request(method, site.url("/entry")).body(stream());
        let retried = request.retry(&crate::site::POLICY).send().await.map(drop);
        for error in [checked.unwrap_err(), retried.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Status);
            assert_eq!(error.explain().rule, "a redirect that was not followed");
        }
    }
    assert!(site.bodies("/node").is_empty());
}

#[cfg(feature = "middleware")]
#[tokio::test]
async fn other_middlewares_find_the_body_as_it_was() {
    struct Sees;

    #[async_trait::async_trait]
    impl reqwest_middleware::Middleware for Sees {
        async fn handle(
            &self,
            request: reqwest::Request,
            extensions: &mut http::Extensions,
            next: reqwest_middleware::Next<'_>,
        ) -> reqwest_middleware::Result<reqwest::Response> {
            let body = request.body().and_then(reqwest::Body::as_bytes);
            assert_eq!(body, Some(&b"three apples"[..]));
            assert!(request.try_clone().is_some());
            next.run(request, extensions).await
        }
    }

    let site = cluster(307);
    let stack = reqwest_middleware::ClientBuilder::new(client())
        .with(retry_reqwest::RetryMiddleware::new(crate::site::POLICY))
        .with(Sees)
        .build();
    let sent = stack
        .post(site.url("/entry"))
        .body("three apples")
        .send()
        .await;
    assert_eq!(sent.unwrap().status(), 201);
    assert_eq!(site.bodies("/node"), ["three apples"]);
}
