//! What a request promises, and which responses are its success.

use http::{HeaderMap, Method, Request, Response, StatusCode};
use retry_core::{Class, Classify};
use retry_http::{RequestFacts, StatusError};

fn facts(method: &str, headers: &[(&'static str, &'static str)]) -> RequestFacts {
    let headers = headers
        .iter()
        .map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    RequestFacts::new(&method.parse().unwrap(), &headers.collect())
}

fn failure(facts: RequestFacts, status: u16) -> Option<StatusError> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    facts.check(&response).err()
}

#[test]
fn a_success_is_a_2xx_or_what_the_request_asked_for() {
    let get = facts("GET", &[]);
    for status in 100..1000 {
        let succeeds = failure(get, status).is_none();
        assert_eq!(succeeds, (200..300).contains(&status), "{status}");
    }
    assert!(failure(facts("GET", &[("if-none-match", "\"v1\"")]), 304).is_none());
    assert!(failure(facts("GET", &[("upgrade", "websocket")]), 101).is_none());
    let moved = failure(facts("GET", &[("if-none-match", "\"v1\"")]), 302).unwrap();
    assert_eq!(moved.explain().rule, "a redirect that was not followed");
}

#[test]
fn a_temporary_fault_is_ambiguous_if_the_request_must_not_be_repeated() {
    let post = facts("POST", &[]);
    assert_eq!(failure(post, 500).unwrap().classify(), Class::Ambiguous);
    assert_eq!(post.class(Class::Transient), Class::Ambiguous);
    for class in [Class::Refused, Class::Permanent, Class::Ambiguous] {
        assert_eq!(post.class(class), class);
    }
    let promised = [
        post.idempotent(),
        facts("POST", &[("idempotency-key", "1")]),
        facts("PUT", &[]),
    ];
    for facts in promised {
        assert!(facts.is_repeatable());
        assert_eq!(failure(facts, 500).unwrap().classify(), Class::Transient);
        assert_eq!(facts.class(Class::Transient), Class::Transient);
    }
    assert!(!facts("PUT", &[("if-match", "\"v1\"")]).is_repeatable());
}

#[test]
fn a_conflict_is_transient_only_with_a_key() {
    let keyed = facts("POST", &[("idempotency-key", "1")]);
    assert_eq!(failure(keyed, 409).unwrap().classify(), Class::Transient);
    let promised = facts("POST", &[]).idempotent();
    assert_eq!(failure(promised, 409).unwrap().classify(), Class::Permanent);
    let both = keyed.idempotent();
    assert_eq!(failure(both, 409).unwrap().classify(), Class::Transient);
}

#[test]
fn the_error_has_the_hint_of_every_status_and_shows_no_header() {
    let facts = RequestFacts::of(&Request::get("/").body(()).unwrap());
    let response = Response::builder()
        .status(502)
        .header("retry-after", "3")
        .header("set-cookie", "secret");
    let error = facts.check(&response.body(()).unwrap()).unwrap_err();
    assert_eq!(error.classify(), Class::Transient);
    let hint = Some(std::time::Duration::from_secs(3));
    assert_eq!(Classify::retry_after(&error), hint);
    assert_eq!(error.error_type(), Some("502"));
    assert_eq!(error.headers()["set-cookie"], "secret");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.starts_with("the server responded with 502 Bad Gateway: 502 bad gateway"));
}

#[test]
fn only_a_status_that_would_be_retried_says_that_the_server_gave_up() {
    let facts = RequestFacts::new(&Method::GET, &HeaderMap::new());
    for (status, gave_up) in [(503, true), (429, true), (404, false)] {
        let response = Response::builder()
            .status(status)
            .header("x-should-retry", "false");
        let error = facts.check(&response.body(()).unwrap()).unwrap_err();
        assert_eq!(error.server_gave_up(), gave_up, "{status}");
        assert_eq!(error.classify(), Class::Permanent);
    }
}
