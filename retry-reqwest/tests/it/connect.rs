//! Failures before a connection stands: nothing of the request was sent.

use std::error::Error;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use retry_core::Class;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tower::{BoxError, Service};

use retry_reqwest::testing::Server;

use crate::server::{Refusing, assert_rule, builder, client, failure, respond};

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

/// Connecting to it hangs, because nothing accepts and the backlog is full for as long as the other values
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

const SHORTAGE: &str = "no descriptor, buffer or local address left for a connection";

#[tokio::test]
async fn a_connection_without_a_local_address_is_refused() {
    // An address of the documentation's (RFC 5737): this machine has none of it to send from.
    let local: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    let client = builder().local_address(local).build().unwrap();
    let error = failure(&client, "http://127.0.0.1:9/").await;
    assert_rule(&error, Class::Refused, SHORTAGE);
}

/// Connects like the operating system does in bad times.
#[derive(Clone, Copy)]
struct Failing<S> {
    inner: S,
    code: i32,
}

impl<S: Service<R, Error = BoxError>, R> Service<R> for Failing<S> {
    type Response = S::Response;
    type Error = BoxError;
    type Future = std::future::Ready<Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, _: R) -> Self::Future {
        let error = io::Error::from_raw_os_error(self.code);
        std::future::ready(Err(error.into()))
    }
}

async fn failing(code: i32) -> reqwest::Error {
    let layer = tower::layer::layer_fn(move |inner| Failing { inner, code });
    let client = builder().connector_layer(layer).build().unwrap();
    failure(&client, "http://127.0.0.1:9/").await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_the_operating_system_says_before_a_connection_stands_is_refused() {
    const UNREACHABLE: &str = "host or network unreachable";
    let codes = [
        ("EMFILE", 24, SHORTAGE),
        ("ENFILE", 23, SHORTAGE),
        ("ENOBUFS", 105, SHORTAGE),
        ("ENOMEM", 12, SHORTAGE),
        ("EADDRNOTAVAIL", 99, SHORTAGE),
        ("EADDRINUSE", 98, SHORTAGE),
        ("ENETDOWN", 100, UNREACHABLE),
        ("ENETUNREACH", 101, UNREACHABLE),
        ("EHOSTUNREACH", 113, UNREACHABLE),
        ("ETIMEDOUT", 110, "connecting timed out"),
    ];
    for (name, code, rule) in codes {
        println!("{name}");
        assert_rule(&failing(code).await, Class::Refused, rule);
    }
    for code in [1, 13] {
        // EPERM, EACCES: a rule of the firewall's, which stays.
        let rule = "the connection cannot be set up";
        assert_rule(&failing(code).await, Class::Permanent, rule);
    }
}

/// In a separate process, in which no descriptor is left.
#[cfg(unix)]
#[test]
fn a_request_for_which_no_descriptor_is_left_was_refused() {
    const NAME: &str = "connect::a_request_for_which_no_descriptor_is_left_was_refused";
    if std::env::var_os("FEW_DESCRIPTORS").is_none() {
        let mut child = std::process::Command::new("sh");
        child.args(["-c", "ulimit -n 64; exec \"$0\" --exact \"$1\" --nocapture"]);
        let child = child.arg(std::env::current_exe().unwrap()).arg(NAME);
        let output = child.env("FEW_DESCRIPTORS", "1").output().unwrap();
        let shown = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{shown}");
        return;
    }
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let client = client();
    let open = || std::fs::File::open("/dev/null").ok();
    let held: Vec<_> = std::iter::from_fn(open).collect();
    let error = runtime.block_on(failure(&client, "http://127.0.0.1:9/"));
    drop(held);
    assert_rule(&error, Class::Refused, SHORTAGE);
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_that_nothing_listens_on_yet_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.sock");
    let client = builder().unix_socket(path.clone()).build().unwrap();
    let rule = "connection refused before the request was sent";
    let error = failure(&client, "http://service.test/").await;
    assert_rule(&error, Class::Refused, rule);
    // A server that has ended leaves its socket behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let error = failure(&client, "http://service.test/").await;
    assert_rule(&error, Class::Refused, rule);
}

/// The body asks another server for what it sends. When that fails, a part of the request has been sent.
#[tokio::test]
async fn a_request_whose_body_fails_by_a_connection_of_its_own_is_not_refused() {
    let server = Server::repeat_last([respond(200, "", "")]);
    let origins = builder().dns_resolver(NoNames).build().unwrap();
    let down = Refusing::start();
    for origin in [down.url().as_str(), "http://service.test/"] {
        let origin = failure(&origins, origin).await;
        assert_eq!(retry_reqwest::classify(&origin), Class::Refused);
        let parts = futures_util::stream::iter([Ok("first part"), Err(origin)]);
        let request = client().post(server.url());
        let request = request.body(reqwest::Body::wrap_stream(parts));
        let error = request.send().await.unwrap_err();
        assert_rule(&error, Class::Permanent, "the request's own body failed");
    }
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
