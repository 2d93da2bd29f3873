//! What fails in reading a checked response knows the method of its request.

use reqwest::Method;
use retry_core::{Class, Classify};
use retry_reqwest::{Error, RequestBuilderExt, Response};

use retry_reqwest::testing::{Reply, Server, raw};

use crate::server::{client, respond};
use crate::site::POLICY;

/// A body that ends after its first bytes.
fn cut() -> Reply {
    raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").close()
}

async fn response(server: &Server, method: &Method, retried: bool) -> Response {
    let request = client().request(method.clone(), server.url());
    if retried {
        request.retry(&POLICY).send().await.unwrap()
    } else {
        request.send_checked().await.unwrap()
    }
}

async fn read(response: Response, way: &str) -> Error {
    match way {
        "text" => response.text().await.unwrap_err(),
        "bytes" => response.bytes().await.unwrap_err(),
        #[cfg(feature = "json")]
        "json" => response.json::<Vec<u8>>().await.unwrap_err(),
        #[cfg(feature = "stream")]
        "stream" => {
            use futures_util::TryStreamExt;
            let pieces = response.bytes_stream();
            pieces.try_collect::<Vec<_>>().await.unwrap_err()
        }
        _ => {
            let mut response = response;
            loop {
                if let Err(error) = response.chunk().await {
                    return error;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_ambiguous_for_a_post_and_transient_for_a_get() {
    let ways = [
        "text",
        "bytes",
        "chunk",
        #[cfg(feature = "json")]
        "json",
        #[cfg(feature = "stream")]
        "stream",
    ];
    let methods = [
        (Method::GET, Class::Transient),
        (Method::PUT, Class::Transient),
        (Method::POST, Class::Ambiguous),
        (Method::PATCH, Class::Ambiguous),
    ];
    for way in ways {
        for (method, class) in &methods {
            for retried in [false, true] {
                let server = Server::repeat_last([cut()]);
                let error = read(response(&server, method, retried).await, way).await;
                assert_eq!(error.classify(), *class, "{way} {method} {retried}");
            }
        }
    }
}

#[tokio::test]
async fn a_response_is_the_one_of_reqwest_but_for_its_body() {
    let answer = respond(203, "x-page: 7\r\n", "seven");
    let server = Server::repeat_last([answer]);
    let response = client().get(server.url()).send_checked().await.unwrap();
    assert_eq!(response.status(), 203);
    assert_eq!(response.headers()["x-page"], "7");
    assert_eq!(response.url().as_str(), server.url() + "/");
    let shown = format!("{response:?}");
    assert!(
        shown.contains("203") && !shown.contains("x-page"),
        "{shown}"
    );
    let inner: reqwest::Response = response.into_inner();
    assert_eq!(inner.text().await.unwrap(), "seven");
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_body_that_breaks_off_is_ambiguous_for_a_post() {
    use retry_reqwest::blocking::{RequestBuilderExt as _, Response};
    use std::io::Read;

    fn read(mut response: Response, way: &str) -> Error {
        match way {
            "text" => response.text().unwrap_err(),
            "bytes" => response.bytes().unwrap_err(),
            #[cfg(feature = "json")]
            "json" => response.json::<Vec<u8>>().unwrap_err(),
            "copy_to" => response.copy_to(&mut std::io::sink()).unwrap_err(),
            _ => {
                let error = response.read_to_end(&mut Vec::new()).unwrap_err();
                *error.into_inner().unwrap().downcast().unwrap()
            }
        }
    }

    let ways = [
        "text",
        "bytes",
        "copy_to",
        "read",
        #[cfg(feature = "json")]
        "json",
    ];
    for way in ways {
        for (method, class) in [
            (Method::GET, Class::Transient),
            (Method::POST, Class::Ambiguous),
        ] {
            let server = Server::repeat_last([cut()]);
            let url = server.url();
            let error = tokio::task::spawn_blocking(move || {
                let client = reqwest::blocking::Client::builder()
                    .no_proxy()
                    .build()
                    .unwrap();
                read(client.request(method, url).send_checked().unwrap(), way)
            });
            assert_eq!(error.await.unwrap().classify(), class, "{way}");
        }
    }
}
