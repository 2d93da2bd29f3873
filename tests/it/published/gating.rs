//! What is tried again, how often, and what the caller then gets.

use std::cell::Cell;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use retryable::http::testing::{Server, cut_after, hang, redirect, reply};
use retryable::http::{RequestBuilderExt, classify_status};
use retryable::{
    Class, Classified, Classify, Fixed, GiveUp, InvalidPolicy, NoDelay, Policy, VirtualTimer,
    testing,
};

use super::{BUSY, DOWN, hint, ms, secs};

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    client.timeout(Duration::from_millis(200)).build().unwrap()
}

/// How many attempts a request takes, and the class of its error.
async fn attempts(request: reqwest::RequestBuilder) -> (u32, Option<Class>) {
    let (outcome, report) = request.retry(&POLICY).report().send().await;
    (report.attempts, outcome.err().map(|error| error.classify()))
}

/// C1, C2. go-retryablehttp, the tests of redirects, schemes and headers; failsafe-go, `client_test.go`.
#[tokio::test]
async fn what_fails_the_same_way_again_is_sent_once() {
    let server = Server::repeat_last([redirect(302, "/")]);
    let url = server.url();
    let once = (1, Some(Class::Permanent));
    assert_eq!(attempts(client().get(&url)).await, once);
    assert_eq!(attempts(client().get("ftp://127.0.0.1/file")).await, once);
    assert_eq!(attempts(client().get(&url).header("a b", "c")).await, once);
    assert_eq!(attempts(client().get(&url).header("a", "b\nc")).await, once);
}

/// C2, C3. failsafe-go, `client_test.go`; urllib3, `test_retry_method_not_allowed` and its read errors.
#[tokio::test]
async fn a_connection_that_was_refused_is_tried_again_for_every_method() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refused = (3, Some(Class::Refused));
    assert_eq!(attempts(client().get(&url)).await, refused);
    assert_eq!(attempts(client().post(&url)).await, refused);
}

/// C2, C3, C8. failsafe-go; urllib3: a `POST` that timed out; got: a `POST` that failed.
#[tokio::test]
async fn a_post_is_sent_again_only_if_it_was_not_processed() {
    let busy = Server::script([reply(429), reply(429), reply(429)]);
    assert_eq!(attempts(client().post(busy.url())).await, (3, Some(BUSY)));
    busy.finish();
    for failure in [hang(), reply(500)] {
        let server = Server::script([failure]);
        let once = (1, Some(Class::Ambiguous));
        assert_eq!(attempts(client().post(server.url())).await, once);
        server.finish();
    }
}

/// C8, P12. got and undici: a body that is a stream is not sent again, but bytes are.
#[tokio::test]
async fn a_body_that_can_be_read_once_is_sent_once() {
    let server = Server::script([reply(500), reply(200)]);
    let put = client().put(server.url()).body("bytes");
    assert_eq!(attempts(put).await, (2, None));
    let requests = server.finish();
    assert!(requests.iter().all(|request| request.has_body("bytes")));
    // Got keeps the socket: the second request comes on the connection of the first.
    let server = Server::script([reply(500), reply(200)]);
    assert_eq!(attempts(client().get(server.url())).await, (2, None));
    assert_eq!(server.connections(), 1);
}

/// C4. urllib3, `test_disabled`: `total=0` is no retry. Its -1, and 0 attempts, are errors here.
#[test]
fn one_attempt_is_no_retry_and_none_is_an_error() {
    let calls = Cell::new(0);
    let call = || {
        calls.set(calls.get() + 1);
        Err::<(), _>(Classified::new((), DOWN))
    };
    assert!(POLICY.max_retries(0).run_blocking(call).is_err());
    assert_eq!(calls.get(), 1);
    let none = Policy::new().try_max_attempts(0);
    assert_eq!(none.err(), Some(InvalidPolicy::MaxAttempts));
}

/// C5. urllib3, `test_history`: every attempt is known to the caller, in order. Here `on_retry` receives them.
#[tokio::test]
async fn the_attempts_of_a_call_are_seen_in_order() {
    let server = Server::script([reply(503), cut_after(2, "hello"), reply(200).body("hello")]);
    let history = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&history);
    let request = client()
        .get(server.url())
        .retry(&POLICY)
        .on_retry(move |event| {
            let status = event.error.and_then(retryable::http::Error::status);
            let entry = (
                event.attempt,
                status.map(|status| status.as_u16()),
                event.class,
            );
            seen.lock().unwrap().push(entry);
        });
    assert_eq!(request.text().await.unwrap(), "hello");
    let expected = [(1, Some(503), DOWN), (2, None, DOWN)];
    assert_eq!(*history.lock().unwrap(), expected);
}

/// C6, C7. botocore's tables; Microsoft's `HttpRetryStrategyOptions`. A code in the body of a 400 is known to the application
/// only, which classifies it itself. 505 and 509 are permanent here, and 403 is throttled only with a hint.
#[test]
fn statuses_have_the_classes_of_other_clients() {
    let class =
        |status, headers: &_| classify_status(StatusCode::from_u16(status).unwrap(), headers);
    let mut headers = HeaderMap::new();
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(class(status, &headers), DOWN, "{status}");
    }
    for status in [200, 400, 413, 403, 505, 509] {
        assert_eq!(class(status, &headers), Class::Permanent, "{status}");
    }
    headers.insert("retry-after", "1".parse().unwrap());
    assert_eq!(class(403, &headers), hint(secs(1)));
    // Errors of sockets. Here they are transient, as nothing is known about the method.
    for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::TimedOut] {
        assert_eq!(io::Error::from(kind).classify(), DOWN, "{kind}");
    }
}

/// C7, C11, P13. Microsoft, p-retry and undici: cancelling a call during a wait ends it, and nothing follows.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_during_its_wait_makes_no_attempt() {
    let calls = Cell::new(0);
    let policy = Policy::fixed(secs(60)).max_attempts(9);
    let call = policy.run(|| {
        calls.set(calls.get() + 1);
        async { Err::<(), _>(Classified::new((), DOWN)) }
    });
    assert!(tokio::time::timeout(secs(90), call).await.is_err());
    assert_eq!(calls.get(), 2);
    tokio::time::sleep(secs(600)).await;
    assert_eq!(calls.get(), 2);
}

/// C11, C14. p-retry: the error at `maxRetryTime` is the original one. go-retryablehttp adds "giving up after 2 attempt(s)"
/// to it; here it is the caller's own, and the report says so.
#[test]
fn the_error_is_the_last_one_and_the_report_counts() {
    let timer = VirtualTimer::new();
    let policy = Policy::fixed(secs(1)).max_attempts(2);
    let call = policy.blocking_with(&timer, || Err::<(), _>(Classified::new("down", DOWN)));
    let (outcome, report) = call.report();
    assert_eq!(outcome.unwrap_err().into_inner(), "down");
    let line = "2 attempts in 1s, 1s of it between attempts; gave up: attempts exhausted";
    assert_eq!(report.to_string(), line);

    let policy = policy.max_attempts(9).max_elapsed(ms(1500));
    let call = policy.blocking_with(&timer, || Err::<(), _>(Classified::new("down", DOWN)));
    let (outcome, report) = call.report();
    assert_eq!(outcome.unwrap_err().into_inner(), "down");
    assert_eq!(
        (report.attempts, report.gave_up),
        (2, Some(GiveUp::MaxElapsed))
    );
}

/// C12. tenacity: `enabled=False` runs once, and its statistics count attempts and idle time.
#[test]
fn retries_can_be_turned_off_for_a_test() {
    let calls = Cell::new(0);
    let _scope = testing::no_retries();
    let call = || {
        calls.set(calls.get() + 1);
        Err::<(), _>(Classified::new((), DOWN))
    };
    assert!(POLICY.run_blocking(call).is_err());
    assert_eq!(calls.get(), 1);
}

/// C13. Spring, `RetryTemplateTests`: a timeout of 20 ms and a delay of 100 ms. A wait that would pass the timeout is not begun,
/// and a slow success is a success.
#[test]
fn max_elapsed_behaves_as_the_timeout_of_spring() {
    let policy: Policy<Fixed, _, _> = Policy::fixed(ms(100)).max_elapsed(ms(20));
    let timer = VirtualTimer::new();
    let call = policy.blocking_with(&timer, || Err::<(), _>(Classified::new((), DOWN)));
    let (_, report) = call.report();
    assert_eq!(
        (report.attempts, report.gave_up),
        (1, Some(GiveUp::MaxElapsed))
    );
    assert_eq!(timer.time(), Duration::ZERO);

    let call = policy.blocking_with(&timer, || {
        timer.advance(ms(50));
        Ok::<_, Classified<()>>("slow")
    });
    assert_eq!(call.call(), Ok("slow"));
}

/// C14. go-retryablehttp, `RedirectWithBody`: a 307 sends the body again, over two redirects.
#[tokio::test]
async fn a_redirect_that_keeps_the_method_sends_the_body_again() {
    let server = Server::script([redirect(307, "/two"), redirect(307, "/three"), reply(200)]);
    let request = client().put(server.url()).body("order").retry(&POLICY);
    request.send().await.unwrap();
    let requests = server.finish();
    assert!(requests.iter().all(|request| request.has_body("order")));
    let paths: Vec<_> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    assert_eq!(paths, ["/", "/two", "/three"]);
}
