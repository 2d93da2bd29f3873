//! The rule for each `reqwest::Error` in a browser, a worker or node.

use std::error::Error;

use reqwest::header::HeaderMap;

use super::{Rule, Safety, judge_status, rules};

/// `fetch` tells scripts nothing of a failure: the Fetch standard has one network error, without a reason, for a name
/// that does not resolve, a connection that broke, and a server that does not allow other origins. Some of these came
/// after the server has processed the request, so that no rule here is `Refused`.
pub(crate) fn judge(error: &reqwest::Error) -> Rule {
    if error.is_builder() {
        return rules::NOT_BUILT;
    }
    if let Some(status) = error.status() {
        return judge_status(status, &HeaderMap::new(), None, Safety::Idempotent);
    }
    if error.is_timeout() {
        return rules::TIMED_OUT;
    }
    if error.is_request() {
        return rules::FETCH_FAILED;
    }
    // reqwest says "decode" if the body ended too early, and if it is not JSON.
    match error.is_decode() {
        true if error.source().is_some_and(is_known_cause) => rules::INTERRUPTED,
        true => rules::NOT_DECODED,
        false => rules::UNKNOWN,
    }
}

/// The first hop is the only one: the browser follows redirects, and does not say where it failed.
pub(crate) use judge as judge_first_hop;

/// Whether the request failed before it was connected. A browser does not say so.
pub(super) fn is_connect(_: &reqwest::Error) -> bool {
    false
}

/// Whether the cause of a failure to decode is a value that JavaScript has thrown, and not an error of a deserializer.
/// reqwest keeps only its text, which is that of wasm-bindgen.
pub(crate) fn is_known_cause(cause: &(dyn Error + 'static)) -> bool {
    cause.to_string().starts_with("JsValue(")
}
