//! What happens on a later hop says nothing about the first one, and an upload follows its redirect.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use reqwest::redirect::Policy as Follow;
use reqwest::{Method, StatusCode};
use retry_core::{Class, Classify};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt, redirects};

use crate::server::{Refusing, builder, client};
use crate::site::{Form, Reply, Sent, Site, redirect, send, status};

const APPLES: Sent = Sent::Bytes("three apples");

/// Takes orders, and sends the client on to a receipt that is not there yet.
async fn shop(receipt: fn() -> Reply) -> Site {
    Site::start(move |_, seen| match seen.method {
        Method::POST => redirect(303, "/receipt"),
        _ => receipt(),
    })
    .await
}

async fn order(form: Form, client: &reqwest::Client, site: &Site) -> Error {
    let sent = send(
        form,
        client,
        Method::POST,
        site.url("/orders"),
        HeaderMap::new(),
        APPLES,
    );
    sent.await.unwrap_err()
}

#[tokio::test]
async fn a_post_is_sent_once_whatever_the_page_behind_its_redirect_says() {
    let pages: [fn() -> Reply; 6] = [
        || status(425),
        || status(429),
        || (429, vec![("retry-after", "0".to_owned())], ""),
        || (503, vec![("retry-after", "0".to_owned())], ""),
        || (529, vec![("retry-after", "0".to_owned())], ""),
        || (500, vec![("x-should-retry", "true".to_owned())], ""),
    ];
    for form in Form::ALL {
        for page in pages {
            let site = shop(page).await;
            order(*form, &client(), &site).await;
            assert_eq!(site.count(&Method::POST), 1, "{form:?} {:?}", page());
        }
    }
}

#[tokio::test]
async fn a_post_whose_redirect_leads_to_a_dead_host_is_sent_once() {
    let dead = Refusing::start();
    for form in Form::ALL {
        let place = dead.url();
        let site = Site::start(move |_, _| redirect(303, &place)).await;
        order(*form, &client(), &site).await;
        assert_eq!(site.count(&Method::POST), 1, "{form:?}");
    }
}

#[tokio::test]
async fn a_post_whose_redirect_leads_to_a_name_that_does_not_resolve_is_sent_once() {
    for form in Form::ALL {
        // A label of more than 63 bytes is refused before any name server is asked.
        let place = format!("http://{}.invalid/", "x".repeat(70));
        let site = Site::start(move |_, _| redirect(303, &place)).await;
        order(*form, &client(), &site).await;
        assert_eq!(site.count(&Method::POST), 1, "{form:?}");
    }
}

#[tokio::test]
async fn a_plain_error_of_another_address_than_that_of_the_url_is_not_refused() {
    let dead = Refusing::start();
    let place = dead.url();
    let site = Site::start(move |_, _| redirect(303, &place)).await;
    let error = client().post(site.url("/orders")).send().await.unwrap_err();
    assert_eq!(error.classify(), Class::Transient);
    let error = client().post(dead.url()).send().await.unwrap_err();
    assert_eq!(error.classify(), Class::Refused);
}

#[tokio::test]
async fn a_post_whose_redirect_leads_back_to_its_own_url_is_sent_once() {
    for form in Form::ALL.iter().filter(|form| form.sees_redirects()) {
        for code in [301, 302, 303] {
            let site = Site::start(move |_, seen| match seen.method {
                Method::POST => redirect(code, "/orders"),
                _ => status(429),
            })
            .await;
            order(*form, &client(), &site).await;
            assert_eq!(site.count(&Method::POST), 1, "{form:?} {code}");
        }
    }
}

#[tokio::test]
async fn every_redirect_is_seen_by_a_client_whose_policy_is_wrapped() {
    let wrapped = builder()
        .redirect(redirects(Follow::default()))
        .build()
        .unwrap();
    for form in Form::ALL.iter().filter(|form| form.sees_redirects()) {
        for body in [APPLES, Sent::Nothing] {
            let site = Site::start(|_, seen| match seen.method {
                Method::POST => redirect(303, "/orders"),
                _ => status(429),
            })
            .await;
            let url = site.url("/orders");
            let sent = send(*form, &wrapped, Method::POST, url, HeaderMap::new(), body);
            sent.await.unwrap_err();
            assert_eq!(site.count(&Method::POST), 1, "{form:?}");
        }
    }
}

/// A server that takes an order, sends the client on to itself, and ends.
async fn ends_after_one_order() -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/orders", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let _ = stream.read(&mut [0; 1000]).await;
        let head = "HTTP/1.1 303 See Other\r\nlocation: /receipt\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let _ = stream.write_all(head.as_bytes()).await;
    });
    url
}

#[tokio::test]
async fn a_server_that_ends_between_the_hops_has_not_refused_the_order() {
    for form in Form::ALL.iter().filter(|form| form.sees_redirects()) {
        let url = ends_after_one_order().await;
        let sent = send(*form, client(), Method::POST, url, HeaderMap::new(), APPLES);
        let error = sent.await.unwrap_err();
        assert_eq!(error.classify(), Class::Ambiguous, "{form:?} {error:?}");
    }
}

#[tokio::test]
async fn a_wrapped_policy_decides_as_before() {
    let site = Site::start(|_, seen| match seen.path.as_str() {
        "/2" => status(200),
        path => redirect(302, if path == "/0" { "/1" } else { "/2" }),
    })
    .await;
    for (policy, arrives) in [
        (Follow::limited(2), true),
        (Follow::limited(1), false),
        (Follow::none(), false),
    ] {
        let client = builder().redirect(redirects(policy)).build().unwrap();
        let sent = send(
            Form::Retry,
            &client,
            Method::GET,
            site.url("/0"),
            HeaderMap::new(),
            Sent::Nothing,
        );
        assert_eq!(sent.await.is_ok(), arrives);
    }
}

#[tokio::test]
async fn what_is_safe_to_repeat_is_retried_behind_a_redirect_too() {
    for form in Form::ALL {
        let site = Site::start(|number, seen| match seen.path.as_str() {
            "/orders" => redirect(302, "/receipt"),
            _ if number < 4 => (429, vec![("retry-after", "0".to_owned())], ""),
            _ => (200, Vec::new(), "done"),
        })
        .await;
        let get = send(
            *form,
            client(),
            Method::GET,
            site.url("/orders"),
            HeaderMap::new(),
            Sent::Nothing,
        );
        assert_eq!(get.await.unwrap(), "done", "{form:?}");

        let site = Site::start(|number, seen| match seen.method {
            Method::POST => redirect(303, "/receipt"),
            _ if number < 4 => status(503),
            _ => (200, Vec::new(), "done"),
        })
        .await;
        let key = HeaderName::from_static("idempotency-key");
        let keyed = HeaderMap::from_iter([(key, HeaderValue::from_static("7"))]);
        let post = send(
            *form,
            client(),
            Method::POST,
            site.url("/orders"),
            keyed,
            APPLES,
        );
        assert_eq!(post.await.unwrap(), "done", "{form:?}");
    }
}

#[tokio::test]
async fn a_post_that_no_hop_has_taken_is_sent_again() {
    for form in Form::ALL {
        let site = Site::start(|number, _| match number {
            0 | 1 => (429, vec![("retry-after", "0".to_owned())], ""),
            _ => (200, Vec::new(), "done"),
        })
        .await;
        let sent = send(
            *form,
            client(),
            Method::POST,
            site.url("/orders"),
            HeaderMap::new(),
            APPLES,
        );
        assert_eq!(sent.await.unwrap(), "done", "{form:?}");
        assert_eq!(site.bodies("/orders"), ["three apples"; 3], "{form:?}");
    }
}

#[tokio::test]
async fn a_post_to_a_dead_host_or_through_a_dead_proxy_was_refused() {
    let dead = Refusing::start();
    for form in Form::ALL {
        for sent in [APPLES, Sent::Nothing] {
            let outcome = send(
                *form,
                client(),
                Method::POST,
                dead.url(),
                HeaderMap::new(),
                sent.clone(),
            );
            assert_eq!(
                outcome.await.unwrap_err().classify(),
                Class::Refused,
                "{form:?} {sent:?}"
            );
            if form.knows_proxies(&sent) {
                let proxy = reqwest::Proxy::all(dead.url()).unwrap();
                let client = reqwest::Client::builder().proxy(proxy).build().unwrap();
                let url = "http://example.invalid/".to_owned();
                let outcome = send(*form, &client, Method::POST, url, HeaderMap::new(), sent);
                assert_eq!(
                    outcome.await.unwrap_err().classify(),
                    Class::Refused,
                    "{form:?}"
                );
            }
        }
    }
}

/// Sends uploads to `/entry` on to `/node`, by way of `/gate`.
async fn cluster(code: u16) -> Site {
    Site::start(move |_, seen| match seen.path.as_str() {
        "/entry" => redirect(code, "/gate"),
        "/gate" => redirect(code, "/node"),
        _ => (201, Vec::new(), "stored"),
    })
    .await
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
                    let site = cluster(code).await;
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
        let other = cluster(307).await;
        let place = other.url("/gate");
        let first = Site::start(move |_, _| redirect(307, &place)).await;
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
    let other = cluster(307).await;
    let place = other.url("/node");
    let first = Site::start(move |_, _| redirect(307, &place)).await;
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
    let site = Site::start(|_, _| redirect(307, "/again")).await;
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
    let site = cluster(307).await;
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

#[tokio::test]
async fn a_redirect_that_was_not_followed_is_an_error_in_every_form() {
    for form in Form::ALL {
        for code in [300, 301, 302, 303, 304, 305, 306, 307, 308, 399] {
            for location in [None, Some("http://[::bad/")] {
                let site = Site::start(move |_, _| {
                    let headers = location.map(|location| ("location", location.to_owned()));
                    (code, headers.into_iter().collect(), "")
                })
                .await;
                let sent = send(
                    *form,
                    client(),
                    Method::GET,
                    site.url("/"),
                    HeaderMap::new(),
                    Sent::Nothing,
                );
                let error = sent.await.unwrap_err();
                assert_eq!(
                    error.status().map(|status| status.as_u16()),
                    Some(code),
                    "{form:?}"
                );
                assert_eq!(error.classify(), Class::Permanent, "{form:?}");
                assert_eq!(site.seen().len(), 1, "{form:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_304_that_was_asked_for_is_a_success() {
    let asked = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"a\""))]);
    for form in Form::ALL {
        let site = Site::start(|_, _| status(304)).await;
        let sent = send(
            *form,
            client(),
            Method::GET,
            site.url("/"),
            asked.clone(),
            Sent::Nothing,
        );
        // Nothing can be downloaded from one.
        assert_eq!(sent.await.is_ok(), *form != Form::Download, "{form:?}");
    }
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

    let site = cluster(307).await;
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
