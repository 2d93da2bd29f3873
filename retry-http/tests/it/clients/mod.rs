//! Real clients against a real server: the same requests are repeated, and the same ones are not.

mod hyper_util;
mod ureq;

use std::time::{Duration, Instant};

use http::{Method, Request};
use retry_http::StatusError;
use retryable::http::testing::{Reply, Server, cut_after, redirect, reply, reset};
use retryable::{Class, Classified, Classify};
use tokio::net::TcpSocket;

/// How many attempts each client makes at most.
const ATTEMPTS: u32 = 3;
/// What the server asks for in its hints.
const HINT: Duration = Duration::from_millis(40);

#[derive(Debug, Classify)]
enum Error<E> {
    #[classify(inner)]
    Status(StatusError),
    #[classify(inner)]
    Transport(Classified<E>),
}

/// Sends a request with its retries.
type Retrying = fn(&Request<&'static str>) -> Result<(), Class>;

struct Case {
    method: Method,
    key: bool,
    /// The first reply. Every later one is a 200.
    reply: Reply,
    /// How the call ends after this reply: `Ok` after a second request, or the name of the class.
    outcome: Result<(), &'static str>,
}

fn case(method: Method, reply: Reply, outcome: Result<(), &'static str>) -> Case {
    Case {
        method,
        key: false,
        reply,
        outcome,
    }
}

fn keyed(case: Case) -> Case {
    Case { key: true, ..case }
}

fn hinted(status: u16) -> Reply {
    reply(status).header("retry-after-ms", HINT.as_millis().to_string())
}

fn cases() -> Vec<Case> {
    let get = |reply, outcome| case(Method::GET, reply, outcome);
    let post = |reply, outcome| case(Method::POST, reply, outcome);
    let again = Ok(());
    let (once, never) = (Err("ambiguous"), Err("permanent"));
    vec![
        get(reply(503), again),
        get(hinted(503), again),
        get(hinted(502), again),
        get(reply(404), never),
        get(redirect(302, "/elsewhere"), never),
        get(redirect(307, "/elsewhere"), never),
        get(reply(304), never),
        get(reply(503).header("x-should-retry", "false"), never),
        get(reset(), again),
        get(cut_after(3, "hello"), again),
        post(reply(503), once),
        post(reply(500), once),
        post(hinted(503), again),
        post(reply(429), again),
        post(reply(409), never),
        post(redirect(303, "/elsewhere"), never),
        post(reply(500).header("x-should-retry", "true"), again),
        post(reset(), once),
        post(cut_after(3, "hello"), once),
        keyed(post(reply(503), again)),
        keyed(post(reply(409), again)),
        keyed(post(reset(), again)),
    ]
}

fn request(method: &Method, url: &str, key: bool) -> Request<&'static str> {
    let mut request = Request::new("three apples");
    *request.method_mut() = method.clone();
    *request.uri_mut() = url.parse().unwrap();
    if *method == Method::GET {
        *request.body_mut() = "";
    }
    if key {
        let key = "idempotency-key";
        request.headers_mut().insert(key, "1".parse().unwrap());
    }
    request
}

fn check(send: Retrying) {
    for Case {
        method,
        key,
        reply: first,
        outcome,
    } in cases()
    {
        let said = format!("{method}, key: {key}, {first:?}");
        let has_hint = said.contains("retry-after-ms");
        let server = Server::repeat_last([first, reply(200).body("hello")]);
        let begun = Instant::now();
        let ended = send(&request(&method, &server.url(), key));
        assert_eq!(ended.map_err(Class::name), outcome, "{said}");
        let requests = if outcome.is_ok() { 2 } else { 1 };
        assert_eq!(server.requests().len(), requests, "{said}");
        assert!(!has_hint || begun.elapsed() >= HINT, "{said}");
    }
}

fn check_a_refused_connection(send: Retrying) {
    // Bound and not listening, so that no other process takes the port.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}/", taken.local_addr().unwrap());
    let request = request(&Method::POST, &url, false);
    assert_eq!(send(&request), Err(Class::Refused));
}
