//! What logs and metrics call a failure, of reqwest and of this crate: the same word.

use std::time::Duration;

use reqwest::{Client, Method};
use retry_core::Classify;
use retry_reqwest::testing::{Reply, Server, hang, raw, reply};
use retry_reqwest::{Error, RequestBuilderExt};

use crate::server::{Refusing, builder, client, failure};
use crate::site::POLICY;
use crate::tls::{Clients, https, self_signed};

#[track_caller]
fn assert_words(words: &[Option<String>; 2], expected: &str) {
    assert_eq!(
        *words,
        [Some(expected.to_owned()), Some(expected.to_owned())]
    );
}

/// The words of the error of reqwest, and of that of `send_checked`.
async fn words(client: &Client, url: &str) -> [Option<String>; 2] {
    let plain = client.get(url).send().await;
    let plain = plain.and_then(reqwest::Response::error_for_status);
    let checked = client.request(Method::GET, url).send_checked().await;
    let plain = plain.expect_err("the request fails");
    let checked = checked.expect_err("the request fails");
    [plain.error_type(), checked.error_type()].map(|word| word.map(str::to_owned))
}

#[tokio::test]
async fn a_status_is_its_digits() {
    let server = Server::script([503, 503, 404, 404].map(|code| reply(code).body("secret")));
    assert_words(&words(&client(), &server.url()).await, "503");
    assert_words(&words(&client(), &server.url()).await, "404");
}

#[tokio::test]
async fn a_transport_error_is_a_word() {
    assert_words(&words(&client(), "no url").await, "builder");
    let refusing = Refusing::start();
    assert_words(&words(&client(), &refusing.url()).await, "connect");
    let url = https(self_signed("127.0.0.1", Clients::Any).acceptor, "").await;
    assert_words(&words(&client(), &url).await, "tls");
}

#[tokio::test]
async fn a_server_that_does_not_respond_is_a_timeout() {
    let server = Server::repeat_last([hang()]);
    let client = builder()
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    assert_words(&words(&client, &server.url()).await, "timeout");
}

/// Bodies that end too early: by their length, by their chunks, and by their encoding.
fn interrupted() -> [Reply; 3] {
    let head = "HTTP/1.1 200 OK\r\n";
    let pieces: [&[u8]; 3] = [
        b"content-length: 9\r\n\r\n[1,",
        b"transfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n",
        b"content-length: 12\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcb\x48",
    ];
    pieces.map(|piece| raw([head.as_bytes(), piece].concat()).close())
}

async fn checked(url: &str) -> retry_reqwest::Response {
    client().get(url).send_checked().await.unwrap()
}

#[tokio::test]
async fn an_interrupted_body_is_not_one_that_does_not_decode() {
    for reply in interrupted() {
        let server = Server::repeat_last([reply]);
        let url = server.url();
        let plain = failure(&client(), &url).await;
        assert_eq!(plain.error_type(), Some("body"), "{plain:?}");

        let mut chunked = checked(&url).await;
        let request = || client().get(&url).retry(&POLICY);
        let errors: [Error; 5] = [
            checked(&url).await.text().await.unwrap_err(),
            checked(&url).await.bytes().await.unwrap_err(),
            loop {
                if let Err(error) = chunked.chunk().await {
                    break error;
                }
            },
            request().text().await.unwrap_err(),
            request().download(Vec::new()).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.error_type(), Some("body"), "{error:?}");
        }
        #[cfg(feature = "json")]
        {
            let error = request().json::<Vec<u8>>().await.unwrap_err();
            assert_eq!(error.error_type(), Some("body"), "{error:?}");
        }
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn an_interrupted_body_of_a_blocking_request_is_not_one_that_does_not_decode() {
    use retry_reqwest::blocking::RequestBuilderExt as _;
    use std::io::Read;

    for reply in interrupted() {
        let server = Server::repeat_last([reply]);
        let url = server.url();
        let errors: [Error; 5] = crate::blocking::blocking(move |client| {
            let checked = || client.get(&url).send_checked().unwrap();
            let request = || client.get(&url).retry(&POLICY);
            let read = checked().read_to_end(&mut Vec::new()).unwrap_err();
            [
                checked().text().unwrap_err(),
                checked().copy_to(&mut std::io::sink()).unwrap_err(),
                *read.into_inner().unwrap().downcast().unwrap(),
                request().bytes().unwrap_err(),
                request().download(Vec::new()).unwrap_err(),
            ]
        })
        .await;
        for error in errors {
            assert_eq!(error.error_type(), Some("body"), "{error:?}");
        }
    }
}

/// The body asks another server for what it sends.
#[tokio::test]
async fn a_request_body_that_fails_is_a_body_whatever_it_fails_of() {
    let server = Server::repeat_last([reply(200)]);
    let refused = failure(&client(), &Refusing::start().url()).await;
    let parts = futures_util::stream::iter([Ok("first part"), Err(refused)]);
    let request = client().put(server.url());
    let request = request.body(reqwest::Body::wrap_stream(parts));
    let error = request.send().await.unwrap_err();
    assert_eq!(error.error_type(), Some("body"), "{error:?}");
}

#[tokio::test]
async fn a_body_that_is_not_what_it_says_does_not_decode() {
    let garbage = reply(200)
        .header("content-encoding", "gzip")
        .body("garbage");
    let server = Server::repeat_last([garbage]);
    let plain = failure(&client(), &server.url()).await;
    assert_eq!(plain.error_type(), Some("decode"));
    let error = checked(&server.url()).await.text().await.unwrap_err();
    assert_eq!(error.error_type(), Some("decode"));

    let server = Server::repeat_last([reply(200).body("[1,")]);
    let response = client().get(server.url()).send().await.unwrap();
    let plain = response.json::<Vec<u8>>().await.unwrap_err();
    assert_eq!(plain.error_type(), Some("decode"));
    #[cfg(feature = "json")]
    {
        let error = checked(&server.url()).await.json::<Vec<u8>>().await;
        assert_eq!(error.unwrap_err().error_type(), Some("decode"));
    }
}
