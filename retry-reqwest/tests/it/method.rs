//! A request that may have been processed is repeated only where that is known to be safe.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use retry_core::{Class, Classify, Policy};
use retry_reqwest::{Error, RequestBuilderExt};

use retry_reqwest::testing::{Server, close, hang, reset};

use crate::server::{Refusing, assert_verdict, builder, client, respond};

const POLICY: Policy = Policy::exponential(Duration::from_millis(1));

async fn failure(request: RequestBuilder) -> Error {
    request.send_checked().await.unwrap_err()
}

#[tokio::test]
async fn a_passing_fault_of_an_idempotent_method_is_transient() {
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::from_bytes(b"QUERY").unwrap(),
        Method::PUT,
        Method::DELETE,
    ];
    let server = Server::repeat_last([reset()]);
    for method in methods {
        let error = failure(client().request(method.clone(), server.url())).await;
        assert_eq!(error.classify(), Class::Transient, "{method}");
    }
}

#[tokio::test]
async fn a_passing_fault_of_any_other_method_is_ambiguous() {
    let server = Server::repeat_last([respond(500, "", "")]);
    for method in ["POST", "PATCH", "PURGE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let error = failure(client().request(method, server.url())).await;
        assert_verdict(
            error.explain(),
            Class::Ambiguous,
            "500 internal server error, and the request is not safe to repeat",
            &error,
        );
    }
}

#[tokio::test]
async fn a_post_without_a_response_is_ambiguous() {
    let silent = Server::repeat_last([hang()]);
    let impatient = builder()
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = failure(impatient.post(silent.url())).await;
    assert_eq!(error.classify(), Class::Ambiguous);

    for act in [close(), reset()] {
        let server = Server::repeat_last([act]);
        let error = failure(client().post(server.url()).body("order")).await;
        assert_eq!(error.classify(), Class::Ambiguous, "{error:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_post_with_an_idempotency_key_is_transient() {
    let server = Server::repeat_last([reset()]);
    let request = client().post(server.url()).header("Idempotency-Key", "1");
    assert_eq!(failure(request).await.classify(), Class::Transient);
}

#[tokio::test]
async fn a_post_that_was_certainly_not_processed_keeps_its_class() {
    let refusing = Refusing::start();
    let url = refusing.url();
    let error = failure(client().post(url)).await;
    assert_eq!(error.classify(), Class::Refused);

    let server = Server::repeat_last([
        respond(429, "retry-after: 3\r\n", ""),
        respond(425, "", ""),
        respond(404, "", ""),
    ]);
    let client = client();
    let retry_after = Some(Duration::from_secs(3));
    for class in [
        Class::Throttled { retry_after },
        Class::Refused,
        Class::Permanent,
    ] {
        assert_eq!(failure(client.post(server.url())).await.classify(), class);
    }
}

#[tokio::test]
async fn a_plain_error_of_reqwest_does_not_know_its_method() {
    let server = Server::repeat_last([reset()]);
    let error = client().post(server.url()).send().await.unwrap_err();
    assert_eq!(error.classify(), Class::Transient);
    assert_eq!(Error::from(error).classify(), Class::Transient);
}

/// Its first attempt may have taken effect. A second one would get a 412 for that, and hide the success.
#[tokio::test]
async fn a_conditional_request_is_sent_once() {
    let conditions = [
        ("if-match", "\"v1\""),
        ("if-none-match", "*"),
        ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ];
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        for (name, value) in conditions {
            let server = Server::repeat_last([close()]);
            let request = || {
                let request = client().request(method.clone(), server.url());
                request.header(name, value).body("state")
            };
            let error = request().retry(&POLICY).send().await.unwrap_err();
            assert_eq!(error.classify(), Class::Ambiguous, "{method} {name}");
            assert_eq!(server.requests().len(), 1);
            let error = failure(request()).await;
            assert_eq!(error.classify(), Class::Ambiguous, "{method} {name}");

            let requests = server.requests().len();
            let said = request().retry(&POLICY).idempotent().send().await;
            assert_eq!(said.unwrap_err().classify(), Class::Transient);
            let keyed = request().retry(&POLICY).idempotency_key().send().await;
            assert_eq!(keyed.unwrap_err().classify(), Class::Transient);
            assert_eq!(server.requests().len() - requests, 6);
        }
    }
}

/// Nothing changes by it, so nothing breaks its condition.
#[tokio::test]
async fn a_conditional_get_is_sent_again() {
    let server = Server::repeat_last([close()]);
    let request = client().get(server.url()).header("if-none-match", "*");
    let error = request.retry(&POLICY).send().await.unwrap_err();
    assert_eq!(error.classify(), Class::Transient);
    assert_eq!(server.requests().len(), 3);
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn a_conditional_request_is_sent_once_through_a_layer() {
    use tower::{Layer, ServiceExt};

    let server = Server::repeat_last([respond(500, "", "")]);
    let service = retry_reqwest::RetryLayer::new(POLICY).layer(client());
    let request = client().put(server.url()).header("if-match", "\"v1\"");
    service.oneshot(request.build().unwrap()).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_conditional_request_is_sent_once_by_blocking_requests() {
    use retry_reqwest::blocking::RequestBuilderExt as _;

    let server = Server::repeat_last([respond(500, "", "")]);
    let url = server.url();
    let outcome = crate::blocking::blocking(move |client| {
        let request = client.put(url).header("if-match", "\"v1\"");
        request.retry(&POLICY).send().map(drop)
    });
    assert_eq!(outcome.await.unwrap_err().classify(), Class::Ambiguous);
    assert_eq!(server.requests().len(), 1);
}
