//! The error of `send_checked`: what it shows, and what it does not.

use std::error::Error as StdError;
use std::fmt::Write;
use std::time::Duration;

use retry_core::{Class, Classify, TimedOut};
use retry_reqwest::{Error, ErrorKind, RequestBuilderExt};

use retry_reqwest::testing::Server;

use crate::server::{Refusing, builder, client, respond};
use crate::tls::{Clients, https, self_signed};

/// Everything that the error shows, its sources' messages included.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        write!(shown, "\n{error}\n{error:?}").unwrap();
        source = error.source();
    }
    shown
}

#[track_caller]
fn assert_no_secret(error: &Error) {
    let shown = shown(error);
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("127.0.0.1"), "{shown}");
}

fn secretive(base: &str) -> String {
    base.replace("http://", "http://secret-user:secret-password@") + "path?key=secret#secret"
}

#[tokio::test]
async fn a_status_shows_no_secret() {
    let headers = "set-cookie: session=secret\r\nx-secret: secret\r\n";
    let server = Server::repeat_last([respond(500, headers, "why")]);
    let request = client().get(secretive(&format!("{}/", server.url())));
    let request = request
        .bearer_auth("secret")
        .header("cookie", "session=secret");
    let error = request.send_checked().await.unwrap_err();
    assert_no_secret(&error);
    assert_eq!(error.url().unwrap().as_str(), server.url() + "/path");
    let url = server.url() + "/";
    let message =
        format!("the server responded with 500 Internal Server Error for url ({url}path)");
    assert_eq!(error.to_string(), message);
    assert!(error.source().is_none());
}

#[tokio::test]
async fn a_failed_transport_shows_no_secret() {
    let refusing = Refusing::start();
    let base = refusing.url();
    let request = client().get(secretive(&base)).bearer_auth("secret");
    let error = request.send_checked().await.unwrap_err();
    assert_no_secret(&error);
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.url().unwrap().as_str(), base.clone() + "path");
    let message = format!("error sending request for url ({base}path)");
    assert_eq!(error.to_string(), message);
    assert!(error.as_reqwest().unwrap().is_connect());
    assert!(error.source().is_some());
}

#[tokio::test]
async fn an_error_taken_from_reqwest_shows_no_secret() {
    let server = Server::repeat_last([respond(404, "", "")]);
    let response = client()
        .get(secretive(&format!("{}/", server.url())))
        .send()
        .await
        .unwrap();
    let error = Error::from(response.error_for_status().unwrap_err());
    assert_no_secret(&error);
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.status().unwrap().as_u16(), 404);
    assert_eq!(error.classify(), Class::Permanent);
}

#[tokio::test]
async fn a_redirect_that_fails_shows_no_secret() {
    let location = "location: /?key=secret\r\n";
    let server = Server::repeat_last([respond(302, location, "")]);
    let request = client().get(secretive(&format!("{}/", server.url())));
    assert_no_secret(&request.send_checked().await.unwrap_err());
}

/// Here, reqwest puts an error with its own URL inside another one.
#[tokio::test]
async fn a_redirect_away_from_https_shows_no_secret() {
    let authority = self_signed("127.0.0.1", Clients::Any);
    let answer = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\
        location: http://127.0.0.1/?key=secret\r\n\r\n";
    let url = https(authority.acceptor, answer).await;
    let client = builder().tls_certs_only([authority.certificate]);
    let client = client.https_only(true).build().unwrap();
    let plain = client.get(&url).send().await.unwrap_err();
    assert!(format!("{:?}", plain.without_url()).contains("secret"));

    let error = client.get(&url).send_checked().await.unwrap_err();
    assert_no_secret(&error);
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.classify(), Class::Permanent);
    assert!(error.as_reqwest().is_none());
}

#[tokio::test]
async fn of_a_body_no_more_than_512_bytes_are_shown() {
    let body = "x".repeat(512) + "secret";
    let server = Server::repeat_last([respond(500, "", &body)]);
    let error = client().get(server.url()).send_checked().await.unwrap_err();
    assert_no_secret(&error);
    assert!(shown(&error).contains(&body[..512]));
    assert!(!error.to_string().contains('x'));
}

/// A deserializer's message quotes what it found.
#[cfg(feature = "json")]
#[tokio::test]
async fn a_body_that_is_not_the_expected_json_is_not_shown() {
    fn check(error: &Error, column: u64) {
        assert_no_secret(error);
        assert_eq!(error.classify(), Class::Permanent);
        assert_eq!(error.explain().rule, "the body does not decode");
        let source = error.source().unwrap();
        let message = format!("the body is not of the expected form at line 1 column {column}");
        assert_eq!(source.to_string(), message);
        assert!(source.source().is_none());
        assert!(error.as_reqwest().unwrap().is_decode());
    }

    let policy = retry_core::Policy::new();
    for (body, column) in [("\"secret\"", 8), ("secret", 1), ("[\"secret\", 1]", 9)] {
        let server = Server::repeat_last([respond(200, "", body)]);
        let url = server.url();
        let request = client().get(&url).retry(&policy);
        check(&request.json::<Vec<u64>>().await.unwrap_err(), column);
        // By conversion, as in `response.json().await?`.
        let response = client().get(&url).send().await.unwrap();
        let plain = response.json::<Vec<u64>>().await.unwrap_err();
        assert!(plain.to_string().contains("127.0.0.1"));
        check(&Error::from(plain), column);
        #[cfg(feature = "blocking")]
        {
            use retry_reqwest::blocking::RequestBuilderExt as _;
            let call = move |client: reqwest::blocking::Client| {
                client.get(url).retry(&policy).json::<Vec<u64>>()
            };
            check(&crate::blocking::blocking(call).await.unwrap_err(), column);
        }
    }
}

#[tokio::test]
async fn a_url_without_a_scheme_shows_no_secret() {
    let url = "secret-user:secret-password@127.0.0.1/path?key=secret";
    let policy = retry_core::Policy::new();
    let checked = client().get(url).send_checked().await.unwrap_err();
    let retried = client().get(url).retry(&policy).text().await.unwrap_err();
    let built = Error::from(client().get(url).build().unwrap_err());
    for error in [checked, retried, built] {
        assert_no_secret(&error);
        if let Some(url) = error.url() {
            assert_eq!(url.as_str(), "redacted:127.0.0.1/path");
        }
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_an_error_like_the_others() {
    let error = client().get("no url").send_checked().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.classify(), Class::Permanent);
    assert_eq!(error.to_string(), "builder error");
}

#[test]
fn an_attempt_that_took_too_long_is_transient() {
    let error = Error::from(TimedOut::new(Duration::from_secs(2)));
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.classify(), Class::Transient);
    assert_eq!(error.to_string(), "the attempt took longer than 2s");
    assert_eq!(
        (error.status(), error.url(), error.body()),
        (None, None, &[][..])
    );
}

#[test]
fn an_error_is_small_and_goes_anywhere() {
    fn check<E: StdError + Classify + Send + Sync + 'static>() {}
    check::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[tokio::test]
async fn the_future_of_a_request_may_be_spawned() {
    let server = Server::repeat_last([respond(200, "", "yes")]);
    let request = client().get(server.url());
    let sent = tokio::spawn(request.send_checked());
    let response = sent.await.unwrap().unwrap();
    assert_eq!(response.text().await.unwrap(), "yes");
}
