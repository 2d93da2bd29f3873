//! A request that may have been processed is repeated only where that is known to be safe.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use retry_core::{Class, Classify};
use retry_reqwest::{Error, RequestBuilderExt};

use crate::server::{Act, Refusing, Server, assert_verdict, builder, client};

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
        Method::PUT,
        Method::DELETE,
    ];
    let server = Server::start([Act::AnswerAndReset(vec![])]).await;
    for method in methods {
        let error = failure(client().request(method.clone(), server.url())).await;
        assert_eq!(error.classify(), Class::Transient, "{method}");
    }
}

#[tokio::test]
async fn a_passing_fault_of_any_other_method_is_ambiguous() {
    let server = Server::start([Act::status(500, "", "")]).await;
    for method in ["POST", "PATCH", "PURGE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let error = failure(client().request(method, server.url())).await;
        assert_verdict(
            error.explain(),
            Class::Ambiguous,
            "500 internal server error, and the method is not safe to repeat",
            &error,
        );
    }
}

#[tokio::test]
async fn a_post_whose_answer_never_came_is_ambiguous() {
    let silent = Server::start([Act::AnswerAndHang(vec![])]).await;
    let impatient = builder()
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = failure(impatient.post(silent.url())).await;
    assert_eq!(error.classify(), Class::Ambiguous);

    for act in [Act::AnswerAndClose(vec![]), Act::AnswerAndReset(vec![])] {
        let server = Server::start([act]).await;
        let error = failure(client().post(server.url()).body("order")).await;
        assert_eq!(error.classify(), Class::Ambiguous, "{error:?}");
        assert_eq!(server.requests(), 1);
    }
}

#[tokio::test]
async fn a_post_with_an_idempotency_key_is_transient() {
    let server = Server::start([Act::AnswerAndReset(vec![])]).await;
    let request = client().post(server.url()).header("Idempotency-Key", "1");
    assert_eq!(failure(request).await.classify(), Class::Transient);
}

#[tokio::test]
async fn a_post_that_was_certainly_not_processed_keeps_its_class() {
    let refusing = Refusing::start();
    let url = refusing.url();
    let error = failure(client().post(url)).await;
    assert_eq!(error.classify(), Class::Refused);

    let server = Server::start([
        Act::status(429, "retry-after: 3\r\n", ""),
        Act::status(425, "", ""),
        Act::status(404, "", ""),
    ])
    .await;
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
    let server = Server::start([Act::AnswerAndReset(vec![])]).await;
    let error = client().post(server.url()).send().await.unwrap_err();
    assert_eq!(error.classify(), Class::Transient);
    assert_eq!(Error::from(error).classify(), Class::Transient);
}
