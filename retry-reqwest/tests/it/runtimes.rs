//! Connections whose runtime ends while requests of another runtime are on them.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, RequestBuilder};
use retry_core::{Class, Classify};
use retry_reqwest::{Error, RequestBuilderExt};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use retry_reqwest::testing::{Server, hang, raw};

use crate::server::{builder, respond};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

/// Opens a connection in one runtime, begins `call` on it in another one, and ends the first when the server has
/// received both requests.
fn without_its_runtime<T>(
    client: &Client,
    url: &str,
    received: impl Fn() -> usize,
    call: impl Future<Output = T>,
) -> T {
    let first = runtime();
    let warm = client.get(url);
    first.block_on(async {
        warm.send().await.unwrap().bytes().await.unwrap();
        // hyper's task puts the connection into the pool after the body has ended.
        tokio::time::sleep(Duration::from_millis(20)).await;
    });
    runtime().block_on(async {
        let end = async {
            while received() < 2 {
                tokio::task::yield_now().await;
            }
            first.shutdown_background();
        };
        tokio::join!(call, end).0
    })
}

/// Responds to the first request of each connection over HTTP/2, and no other.
async fn silent_over_http2(received: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let received = received.clone();
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
                    received.fetch_add(1, Ordering::SeqCst);
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
    let over_http2 = builder().http2_prior_knowledge().build().unwrap();
    for (post, class) in [(false, Class::Transient), (true, Class::Ambiguous)] {
        let hangs = [respond(200, "", "warm"), hang()];
        let server = Server::repeat_last(hangs);
        let (client, url) = (builder().build().unwrap(), server.url());
        let sent = request(&client, post, &url).send_checked();
        let call = async { sent.await.map(reqwest::Response::from) };
        let received = || server.requests().len();
        assert_gone(without_its_runtime(&client, &url, received, call), class);

        let received = Arc::new(AtomicUsize::new(0));
        let url = servers.block_on(silent_over_http2(received.clone()));
        let sent = request(&over_http2, post, &url).send_checked();
        let call = async { sent.await.map(reqwest::Response::from) };
        let received = || received.load(Ordering::SeqCst);
        assert_gone(
            without_its_runtime(&over_http2, &url, received, call),
            class,
        );
    }
}

fn request(client: &Client, post: bool, url: &str) -> RequestBuilder {
    if post {
        client.post(url)
    } else {
        client.get(url)
    }
}

#[test]
fn a_body_whose_connection_ends_with_its_runtime_is_transient() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let script = [respond(200, "", "warm"), raw(half).hang()];
    let server = Server::repeat_last(script);
    let (client, url) = (builder().build().unwrap(), server.url());
    let call = async { client.get(&url).send().await?.bytes().await };
    let error = without_its_runtime(&client, &url, || server.requests().len(), call).unwrap_err();
    assert_eq!(error.classify(), Class::Transient, "{error:?}");
}
