//! What happens on a later hop says nothing about the first one.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use reqwest::redirect::Policy as Follow;
use retry_core::{Class, Classify};
use retry_reqwest::testing::{Reply, redirect, reply};
use retry_reqwest::{Error, redirects};

use crate::server::{Refusing, builder, client};
use crate::site::{Form, Sent, Site, send};

const APPLES: Sent = Sent::Bytes("three apples");

/// Takes orders, and sends the client on to a receipt that is not there yet.
fn shop(receipt: fn() -> Reply) -> Site {
    Site::start(move |_, seen| match seen.method {
        Method::POST => redirect(303, "/receipt"),
        _ => receipt(),
    })
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
async fn a_post_is_sent_once_for_every_response_behind_its_redirect() {
    let pages: [fn() -> Reply; 6] = [
        || reply(425),
        || reply(429),
        || reply(429).header("retry-after", "0"),
        || reply(503).header("retry-after", "0"),
        || reply(529).header("retry-after", "0"),
        || reply(500).header("x-should-retry", "true"),
    ];
    for form in Form::ALL {
        for page in pages {
            let site = shop(page);
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
        let site = Site::start(move |_, _| redirect(303, &place));
        order(*form, &client(), &site).await;
        assert_eq!(site.count(&Method::POST), 1, "{form:?}");
    }
}

#[tokio::test]
async fn a_post_whose_redirect_leads_to_a_name_that_does_not_resolve_is_sent_once() {
    for form in Form::ALL {
        // A label of more than 63 bytes is refused before any name server is asked.
        let place = format!("http://{}.invalid/", "x".repeat(70));
        let site = Site::start(move |_, _| redirect(303, &place));
        order(*form, &client(), &site).await;
        assert_eq!(site.count(&Method::POST), 1, "{form:?}");
    }
}

#[tokio::test]
async fn a_plain_error_of_another_address_than_that_of_the_url_is_not_refused() {
    let dead = Refusing::start();
    let place = dead.url();
    let site = Site::start(move |_, _| redirect(303, &place));
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
                _ => reply(429),
            });
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
                _ => reply(429),
            });
            let url = site.url("/orders");
            let sent = send(*form, &wrapped, Method::POST, url, HeaderMap::new(), body);
            sent.await.unwrap_err();
            assert_eq!(site.count(&Method::POST), 1, "{form:?}");
        }
    }
}

/// A server that takes an order, sends the client on to itself, and ends: that of the test kit listens to its end.
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
        "/2" => reply(200),
        path => redirect(302, if path == "/0" { "/1" } else { "/2" }),
    });
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
            _ if number < 4 => reply(429).header("retry-after", "0"),
            _ => reply(200).body("done"),
        });
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
            _ if number < 4 => reply(503),
            _ => reply(200).body("done"),
        });
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
            0 | 1 => reply(429).header("retry-after", "0"),
            _ => reply(200).body("done"),
        });
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
                let client = crate::server::builder().proxy(proxy).build().unwrap();
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

#[tokio::test]
async fn a_redirect_that_was_not_followed_is_an_error_in_every_form() {
    for form in Form::ALL {
        for code in [300, 301, 302, 303, 304, 305, 306, 307, 308, 399] {
            for location in [None, Some("http://[::bad/")] {
                let site = Site::start(move |_, _| {
                    location.map_or(reply(code), |location| redirect(code, location))
                });
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
        let site = Site::start(|_, _| reply(304));
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
