//! What the layer for servers reads and says, and what callers make of that.

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use reqwest::header::HeaderName;
use retry_core::{Attempt, Class, Classify, GiveUp, Nested, attempt, note_give_up, transient};
use retry_http::server::UpstreamLayer;
use retry_reqwest::testing::{Server, reply};
use retry_reqwest::{Error, RequestBuilderExt};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::server::client;
use crate::services::{ATTEMPT, FIVE, REMAINING, answer, layer};

/// Returns the headers of a service's response to one request.
async fn answered<F, A>(layer: &UpstreamLayer, said: &[(HeaderName, &str)], handler: F) -> HeaderMap
where
    F: FnOnce() -> A,
    A: Future<Output = Response<&'static str>>,
{
    let mut handler = Some(handler);
    let handle = service_fn(move |_: Request<()>| {
        let answer = handler.take().unwrap()();
        async { Ok::<_, Infallible>(answer.await) }
    });
    let mut request = Request::new(());
    for (name, value) in said {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let mut service = layer.layer(handle);
    let response = service.ready().await.unwrap().call(request).await.unwrap();
    response.headers().clone()
}

async fn gives_up() {
    let call = FIVE.run(async || Err::<(), _>(transient("down")));
    assert!(call.await.is_err());
}

fn status(status: u16) -> Response<&'static str> {
    answer(status).map(|_| "answer")
}

#[tokio::test]
async fn only_a_failed_response_whose_handler_gave_up_says_so() {
    let should_retry = async |code: u16, inside: bool, said: Option<&'static str>| {
        let headers = answered(&UpstreamLayer::new(), &[], || async move {
            if inside {
                gives_up().await;
            }
            let mut response = status(code);
            if let Some(said) = said {
                let headers = response.headers_mut();
                headers.insert("x-should-retry", said.parse().unwrap());
            }
            response
        })
        .await;
        let mut values = headers.get_all("x-should-retry").iter();
        let value = values
            .next()
            .map(|value| value.to_str().unwrap().to_owned());
        assert!(values.next().is_none());
        value
    };
    let says = Some("false".to_owned());
    for failed in [400, 404, 429, 500, 503, 599] {
        assert_eq!(should_retry(failed, true, None).await, says, "{failed}");
        assert_eq!(should_retry(failed, false, None).await, None, "{failed}");
    }
    for good in [200, 204, 304] {
        assert_eq!(should_retry(good, true, None).await, None, "{good}");
    }
    // What the service says itself counts.
    let own = Some("true".to_owned());
    assert_eq!(should_retry(500, true, Some("true")).await, own);
}

#[tokio::test]
async fn headers_that_make_no_sense_are_as_if_they_were_not_there() {
    let known = async |said: &[(HeaderName, &str)]| {
        let seen = Arc::new(Mutex::new(None));
        let see = Arc::clone(&seen);
        let look = move || async move {
            let outcome = FIVE.run(async || Ok::<_, Error>(attempt().unwrap().remaining()));
            *see.lock().unwrap() = Some((attempt().map(Attempt::number), outcome.await.unwrap()));
            status(200)
        };
        answered(&layer(), said, look).await;
        let seen = seen.lock().unwrap().take();
        seen.unwrap()
    };
    assert_eq!(known(&[]).await, (None, None));
    for nonsense in ["", "-1", "+1", "one", "1.5", "0x1"] {
        let said = [(ATTEMPT, nonsense), (REMAINING, nonsense)];
        assert_eq!(known(&said).await, (None, None), "{nonsense}");
    }
    // Attempts count from 1.
    assert_eq!(known(&[(ATTEMPT, "0")]).await, (None, None));
    let (number, left) = known(&[(REMAINING, "0")]).await;
    assert_eq!((number, left), (None, Some(Duration::ZERO)));
    // The first of several; the largest there is.
    assert_eq!(known(&[(ATTEMPT, "2"), (ATTEMPT, "9")]).await.0, Some(2));
    let huge = "9".repeat(40);
    let (number, left) = known(&[(ATTEMPT, &huge), (REMAINING, &huge)]).await;
    assert_eq!(number, Some(u32::MAX - 1));
    assert!(left.is_none_or(|left| left > Duration::from_secs(1 << 30)));
}

#[tokio::test]
async fn x_should_retry_false_ends_every_enclosing_call_of_every_form() {
    let stop = || reply(503).header("x-should-retry", "false").body("answer");
    let server = Server::repeat_last([stop()]);
    let url = server.url();
    // By a request that is retried, and by one that is not, in calls that would retry anything.
    let anything = FIVE.on_error(|_: &Error| true);
    for retried in [true, false] {
        let before = server.requests().len();
        let (outcome, report) = anything
            .run(async || {
                let inside = anything.run(async || {
                    if retried {
                        client().get(&url).retry(&FIVE).send().await
                    } else {
                        client().get(&url).send_checked().await
                    }
                });
                inside.await
            })
            .report()
            .await;
        assert!(outcome.is_err());
        assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Nested)));
        assert_eq!(server.requests().len() - before, 1);
    }
    // A call that multiplies is retried, and so is one whose response was replaced by a success.
    let multiply = anything.nested(Nested::Multiply);
    let call = multiply.run(async || client().get(&url).send_checked().await);
    assert_eq!(call.report().await.1.attempts, 5);
    let handled = FIVE.run(async || {
        let inside = FIVE.run(async || {
            let refused = client().get(&url).send_checked().await;
            assert_eq!(refused.unwrap_err().classify(), Class::Permanent);
            Ok::<_, Error>(())
        });
        inside.await.unwrap();
        Err::<(), _>(transient("own reason"))
    });
    assert_eq!(handled.report().await.1.attempts, 5);
}

/// The 404 is a response to the caller, which can continue. It says nothing about the retries behind it.
#[tokio::test]
async fn x_should_retry_false_on_a_404_ends_no_enclosing_call() {
    let server = Server::repeat_last([reply(404).header("x-should-retry", "false").body("answer")]);
    let url = server.url();
    for retried in [true, false] {
        let handled = FIVE.run(async || {
            let missing = if retried {
                client().get(&url).retry(&FIVE).send().await
            } else {
                client().get(&url).send_checked().await
            };
            let missing = missing.unwrap_err();
            assert_eq!(missing.explain().rule, "a status that no retry changes");
            Err::<(), _>(transient("the attempt fails for its own reason"))
        });
        assert_eq!(handled.report().await.1.attempts, 5);
    }
}

/// Through a layer, and blocking, as well.
#[tokio::test]
async fn x_should_retry_false_ends_enclosing_calls_through_a_layer_and_blocking() {
    for (status, attempts) in [(503, 1), (404, 5)] {
        let server = Server::repeat_last([reply(status)
            .header("x-should-retry", "false")
            .body("answer")]);
        let url = server.url();
        #[cfg(feature = "tower")]
        {
            let layer = retry_reqwest::RetryLayer::new(FIVE);
            let (_, report) = FIVE
                .run(async || {
                    let service = layer.layer(client());
                    let request = client().get(&url).build().unwrap();
                    let response = service.oneshot(request).await.unwrap();
                    Err::<(), _>(transient(response.status().to_string()))
                })
                .report()
                .await;
            assert_eq!(report.attempts, attempts, "{status}");
        }
        #[cfg(feature = "blocking")]
        {
            use retry_reqwest::blocking::RequestBuilderExt as _;
            let send = move |client: reqwest::blocking::Client| {
                let anything = FIVE.on_error(|_: &Error| true);
                let call = anything.blocking(|| client.get(&url).send_checked());
                call.report().1.attempts
            };
            let seen = crate::blocking::blocking(send).await;
            assert_eq!(seen, attempts, "{status}");
        }
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_sent_again_does_not_hide_what_the_server_said() {
    let server = Server::repeat_last([reply(503).header("x-should-retry", "false").body("answer")]);
    let url = server.url();
    let calls = Mutex::new(0);
    let (_, report) = FIVE
        .on_error(|_: &Error| true)
        .run(async || {
            *calls.lock().unwrap() += 1;
            let stream = futures_util::stream::iter([Ok::<_, std::io::Error>("once")]);
            let body = reqwest::Body::wrap_stream(stream);
            client().put(&url).body(body).retry(&FIVE).send().await
        })
        .report()
        .await;
    assert_eq!((report.attempts, report.gave_up), (1, Some(GiveUp::Nested)));
}

#[tokio::test]
async fn a_response_whose_caller_left_leaves_no_mark_behind() {
    let (handled, inside) = (layer(), Arc::new(Mutex::new(false)));
    let entered = Arc::clone(&inside);
    let mut service = handled.layer(service_fn(move |_: Request<()>| {
        *entered.lock().unwrap() = true;
        async {
            note_give_up();
            std::future::pending::<()>().await;
            Ok::<_, Infallible>(answer(200))
        }
    }));
    let mut request = Request::new(());
    request.headers_mut().insert(ATTEMPT, "4".parse().unwrap());
    let call = service.call(request);
    let waited = tokio::time::timeout(Duration::from_millis(20), call).await;
    assert!(waited.is_err() && *inside.lock().unwrap());
    assert!(attempt().is_none());
}
