//! Failures before a connection stands: nothing of the request was sent.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use retry_core::Class;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::server::{Refusing, assert_rule, builder, client, failure};

#[tokio::test]
async fn a_port_that_nothing_listens_on_refuses() {
    let refusing = Refusing::start();
    let url = refusing.url();
    let error = failure(&client(), &url).await;
    assert_rule(
        &error,
        Class::Refused,
        "connection refused before the request was sent",
    );
}

/// Connecting to it hangs, as nobody accepts and the backlog is full for as long as the other values
/// live.
async fn full_backlog() -> (String, TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(20), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    (format!("http://{address}/"), listener, waiting)
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_in_time_was_refused() {
    let (url, _listener, _waiting) = full_backlog().await;
    let client = builder().connect_timeout(Duration::from_millis(30));
    let error = failure(&client.build().unwrap(), &url).await;
    assert_rule(&error, Class::Refused, "connecting timed out");
}

/// reqwest does not tell how far a request got in the time that it was given as a whole.
#[tokio::test]
async fn a_request_that_does_not_connect_in_its_time_may_have_been_sent() {
    let (url, _listener, _waiting) = full_backlog().await;
    let client = builder().timeout(Duration::from_millis(30));
    let error = failure(&client.build().unwrap(), &url).await;
    assert_rule(
        &error,
        Class::Transient,
        "timed out, perhaps after the request was sent",
    );
}

#[tokio::test]
async fn a_network_that_cannot_be_reached_refuses() {
    // An address of the documentation's (RFC 5737): this machine has none of it to send from.
    let local: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    let client = builder().local_address(local).build().unwrap();
    let error = failure(&client, "http://127.0.0.1:9/").await;
    assert_rule(&error, Class::Refused, "host or network unreachable");
}

#[derive(Debug)]
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        let error: Box<dyn Error + Send + Sync> = Box::new(io::Error::other("no such name"));
        Box::pin(async { Err::<Addrs, _>(error) })
    }
}

#[tokio::test]
async fn a_name_that_a_resolver_does_not_know_is_refused() {
    let client = builder().dns_resolver(NoNames).build().unwrap();
    let error = failure(&client, "http://service.test/").await;
    assert_rule(&error, Class::Refused, "the name did not resolve");
}

#[tokio::test]
async fn a_name_that_the_system_does_not_know_is_refused() {
    // No resolver takes a name of more than 63 letters between dots (RFC 1035): it does not ask.
    let name = "a".repeat(64);
    let error = failure(&client(), &format!("http://{name}.invalid/")).await;
    assert_rule(&error, Class::Refused, "the name did not resolve");
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_permanent() {
    let client = client();
    let requests = [
        client.get("no url"),
        client.get("http://"),
        client.get("http://127.0.0.1/").header("a header", "1"),
        client.get("http://127.0.0.1/").header("header", "\n"),
    ];
    for request in requests {
        let error = request.send().await.unwrap_err();
        assert_rule(&error, Class::Permanent, "the request cannot be built");
    }
    let error = client.get("ftp://127.0.0.1/").send().await.unwrap_err();
    assert_rule(&error, Class::Permanent, "the request cannot be built");
}
