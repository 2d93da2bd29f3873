//! Connections whose runtime ends while requests of another runtime are on them.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Client;
use retry_core::{Class, Classify};
use retry_reqwest::{Error, RequestBuilderExt};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::server::{Act, Server, builder};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

/// Opens a connection in one runtime, begins `call` on it in another one, and ends the first.
fn without_its_runtime<T>(client: &Client, url: &str, call: impl Future<Output = T>) -> T {
    let first = runtime();
    let warm = client.get(url);
    first.block_on(async { warm.send().await.unwrap().bytes().await.unwrap() });
    runtime().block_on(async {
        let end = async {
            // Long enough for the request to reach the server, which tells nobody that it did.
            tokio::time::sleep(Duration::from_millis(100)).await;
            first.shutdown_background();
        };
        tokio::join!(call, end).0
    })
}

/// Answers the first request of each connection over HTTP/2, and no other.
async fn silent_over_http2() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let handshake = h2::server::handshake(stream).await;
                let mut connection: h2::server::Connection<_, Bytes> = handshake.unwrap();
                let mut silent = Vec::new();
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    if silent.is_empty() {
                        let response = hyper::Response::new(());
                        respond.send_response(response, true).unwrap();
                    }
                    silent.push(respond);
                }
            });
        }
    });
    url
}

#[track_caller]
fn assert_gone(outcome: Result<reqwest::Response, Error>, class: Class) {
    let error = outcome.unwrap_err();
    let rule = error.explain().rule;
    assert!(
        rule.starts_with("the runtime of the connection ended"),
        "{error:?}"
    );
    assert_eq!(error.classify(), class, "{error:?}");
}

/// It may have been processed, and its own body has not failed.
#[test]
fn a_request_whose_connection_ends_with_its_runtime_is_transient() {
    let servers = runtime();
    let hangs = || [Act::status(200, "", "warm"), Act::AnswerAndHang(vec![])];
    for (post, class) in [(false, Class::Transient), (true, Class::Ambiguous)] {
        let http1 = servers.block_on(Server::start(hangs()));
        let over_http2 = builder().http2_prior_knowledge().build().unwrap();
        let http2 = servers.block_on(silent_over_http2());
        for (client, url) in [
            (builder().build().unwrap(), http1.url()),
            (over_http2, http2),
        ] {
            let request = if post {
                client.post(&url)
            } else {
                client.get(&url)
            };
            let call = async { request.send_checked().await.map(reqwest::Response::from) };
            assert_gone(without_its_runtime(&client, &url, call), class);
        }
    }
}

#[test]
fn a_body_whose_connection_ends_with_its_runtime_is_transient() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let script = [
        Act::status(200, "", "warm"),
        Act::AnswerAndHang(half.into()),
    ];
    let servers = runtime();
    let server = servers.block_on(Server::start(script));
    let (client, url) = (builder().build().unwrap(), server.url());
    let call = async { client.get(&url).send().await?.bytes().await };
    let error = without_its_runtime(&client, &url, call).unwrap_err();
    assert_eq!(error.classify(), Class::Transient, "{error:?}");
}
