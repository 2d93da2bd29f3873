//! What logs and metrics call a failure, of reqwest and of this crate: the same word.

use std::time::Duration;

use reqwest::{Client, Method};
use retry_core::Classify;
use retry_reqwest::RequestBuilderExt;
use retry_reqwest::testing::{Server, reply};

use crate::server::{Refusing, builder, client};
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
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let client = builder()
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    assert_words(&words(&client, &url).await, "timeout");
}
