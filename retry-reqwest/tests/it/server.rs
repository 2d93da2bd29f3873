//! Replies, clients and ports that many tests share.
//!
//! Most tests use the server of the test kit. Some have their own listener, because they need TLS, HTTP/2, a proxy, nginx,
//! a full backlog, a service of hyper, or control over when the server reads and responds.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, ClientBuilder};
use retry_core::Class;
use retry_reqwest::Verdict;
use retry_reqwest::testing::{Recorded, Reply, Server, raw, reply};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream};

/// A response with these lines of headers, sent as they are.
pub(crate) fn respond(code: u16, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let head = format!("HTTP/1.1 {code} Scripted\r\ncontent-length: {length}\r\n{headers}\r\n");
    raw(head + body)
}

pub(crate) fn ok() -> Reply {
    reply(200).body("answer")
}

pub(crate) fn busy() -> Reply {
    reply(503).header("retry-after-ms", "1").body("answer")
}

/// The bodies that arrived, and `None` for those that did not arrive whole.
pub(crate) fn bodies(server: &Server) -> Vec<Option<Bytes>> {
    let body = |seen: Recorded| seen.complete.then_some(seen.body);
    server.requests().into_iter().map(body).collect()
}

/// The request line and the headers. `None` when the client is done.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A port that refuses for as long as this lives: it is taken, and nothing listens on it.
#[derive(Debug)]
pub(crate) struct Refusing {
    port: u16,
    _taken: TcpSocket,
}

impl Refusing {
    pub(crate) fn start() -> Self {
        let taken = TcpSocket::new_v4().unwrap();
        taken.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self {
            port: taken.local_addr().unwrap().port(),
            _taken: taken,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

/// With every proxy that the machine has, these tests stay on loopback.
pub(crate) fn builder() -> ClientBuilder {
    // Without the certificates of the machine, which each client would load for 20 ms: the tests of TLS have their own.
    // A server that never responds fails its test rather than stall it.
    Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .timeout(Duration::from_secs(10))
}

pub(crate) fn client() -> Client {
    builder().build().unwrap()
}

/// The failure of a plain `GET`, up to the last byte of the body.
pub(crate) async fn failure(client: &Client, url: &str) -> reqwest::Error {
    match client.get(url).send().await {
        Err(error) => error,
        Ok(response) => response.bytes().await.unwrap_err(),
    }
}

#[track_caller]
pub(crate) fn assert_rule(error: &reqwest::Error, class: Class, rule: &str) {
    assert_verdict(retry_reqwest::explain(error), class, rule, error);
}

#[track_caller]
pub(crate) fn assert_verdict(
    verdict: Verdict,
    class: Class,
    rule: &str,
    error: &dyn std::fmt::Debug,
) {
    println!("{verdict:?}\n    {error:?}");
    assert_eq!((verdict.class, verdict.rule), (class, rule), "{error:?}");
}
