//! The rules: what each kind of failure means, and the name it goes by.

use std::time::Duration;

use retry_core::Class;

/// What a failure means for the next attempt, and the rule that said so.
///
/// # Examples
///
/// ```
/// use reqwest::{StatusCode, header::HeaderMap};
/// use retry_core::Class;
/// use retry_reqwest::explain_status;
///
/// let verdict = explain_status(StatusCode::BAD_GATEWAY, &HeaderMap::new());
/// assert_eq!(verdict.class, Class::Transient);
/// assert_eq!(verdict.rule, "502 bad gateway");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What the failure means for the next attempt.
    pub class: Class,
    /// The rule that decided, for people to read: the wording may change in any version.
    pub rule: &'static str,
}

/// A rule that has decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) class: Class,
    name: &'static str,
    /// Its name where the method is not safe to repeat; `None` if that makes no difference.
    ambiguous: Option<&'static str>,
}

impl Rule {
    /// The verdict if repeating the request is safe, or where nobody knows its method.
    pub(crate) fn verdict(self) -> Verdict {
        Verdict {
            class: self.class,
            rule: self.name,
        }
    }

    /// The verdict if the request must not be processed twice.
    pub(crate) fn verdict_once(self) -> Verdict {
        match (self.class, self.ambiguous) {
            (Class::Transient, Some(rule)) => Verdict {
                class: Class::Ambiguous,
                rule,
            },
            _ => self.verdict(),
        }
    }

    /// A rule of which the server, and not the method, says whether repeating is safe.
    const fn whatever_the_method(self) -> Self {
        Self {
            ambiguous: None,
            ..self
        }
    }

    /// The same rule, with the hint that the server gave.
    pub(crate) fn after(self, hint: Option<Duration>) -> Self {
        let class = match self.class {
            Class::Throttled { .. } => Class::Throttled { retry_after: hint },
            class => class,
        };
        Self { class, ..self }
    }
}

const PERMANENT: Class = Class::Permanent;
const TRANSIENT: Class = Class::Transient;
const THROTTLED: Class = Class::Throttled { retry_after: None };
const REFUSED: Class = Class::Refused;

macro_rules! rules {
    ($($constant:ident = $class:ident, $name:literal;)+) => {
        $(pub(crate) const $constant: Rule = Rule {
            class: $class,
            name: $name,
            ambiguous: Some(concat!($name, ", and the method is not safe to repeat")),
        };)+
    };
}

// Before a connection stands: nothing of the request was sent.
rules! {
    NOT_BUILT = PERMANENT, "the request cannot be built";
    DNS = REFUSED, "the name did not resolve";
    CONNECT_TIMED_OUT = REFUSED, "connecting timed out";
    CONNECT_REFUSED = REFUSED, "connection refused before the request was sent";
    CONNECT_UNREACHABLE = REFUSED, "host or network unreachable";
    CONNECT_BROKEN = REFUSED, "connection lost before the request was sent";
    CONNECT_FAILED = PERMANENT, "the connection cannot be set up";
    TLS = PERMANENT, "TLS certificate or protocol error";
    NOT_SENT = REFUSED, "connection closed before the request was sent";
}

// During the exchange.
rules! {
    TIMED_OUT = TRANSIENT, "timed out, perhaps after the request was sent";
    RESET = TRANSIENT, "connection reset during the exchange";
    CLOSED = TRANSIENT, "connection closed before an answer came";
    OUT_OF_TURN = TRANSIENT, "the server spoke before it was asked";
    TRUNCATED = TRANSIENT, "the body ended too early";
    INTERRUPTED = TRANSIENT, "network interrupted during the exchange";
    REQUEST_BODY = PERMANENT, "the request's own body failed";
    REDIRECT = PERMANENT, "redirects do not lead to an answer";
    NOT_HTTP = PERMANENT, "the answer is not HTTP";
    NOT_DECODED = PERMANENT, "the body does not decode";
    UNKNOWN = PERMANENT, "no rule knows this failure";
}

#[cfg(feature = "blocking")]
rules! {
    UPLOAD_ENDED = TRANSIENT, "the connection ended before the body was sent";
}

#[cfg(feature = "http2")]
rules! {
    H2_REFUSED_STREAM = REFUSED, "HTTP/2 REFUSED_STREAM: not processed";
    H2_GOAWAY = REFUSED, "HTTP/2 GOAWAY with NO_ERROR: not processed";
    H2_CALM = THROTTLED, "HTTP/2 ENHANCE_YOUR_CALM";
    H2_STOPPED = TRANSIENT, "HTTP/2 stream or connection ended by an error";
    H2_PROTOCOL = PERMANENT, "HTTP/2 protocol error";
}

// The server's answer.
rules! {
    STATUS_403_HINT = THROTTLED, "403 with a valid Retry-After";
    STATUS_408 = TRANSIENT, "408 request timeout";
    STATUS_413_HINT = THROTTLED, "413 with a valid Retry-After";
    STATUS_425 = REFUSED, "425 too early: not processed";
    STATUS_429 = THROTTLED, "429 too many requests";
    STATUS_429_HINT = THROTTLED, "429 with a valid Retry-After";
    STATUS_500 = TRANSIENT, "500 internal server error";
    STATUS_502 = TRANSIENT, "502 bad gateway";
    STATUS_503 = TRANSIENT, "503 service unavailable";
    STATUS_503_HINT = THROTTLED, "503 with a valid Retry-After";
    STATUS_504 = TRANSIENT, "504 gateway timeout";
    STATUS_520 = TRANSIENT, "520 to 524: a proxy could not get an answer";
    STATUS_529 = THROTTLED, "529 overloaded";
    STATUS_529_HINT = THROTTLED, "529 with a valid Retry-After";
    STATUS_OTHER = PERMANENT, "a status that no retry changes";
    SAID_TO_RETRY = TRANSIENT, "the server said x-should-retry: true";
    SHOULD_RETRY_HINT = THROTTLED, "the server said x-should-retry: true, with a valid Retry-After";
    SHOULD_NOT_RETRY = PERMANENT, "the server said x-should-retry: false";
}

/// The server knows whether it took the request.
pub(crate) const SHOULD_RETRY: Rule = SAID_TO_RETRY.whatever_the_method();

// Outside an exchange.
rules! {
    ATTEMPT_TIMED_OUT = TRANSIENT, "the attempt took longer than the policy allows";
    NOT_REPLAYABLE = PERMANENT, "the body cannot be sent again";
}

// Downloads.
rules! {
    // RFC 9110 section 15.3.7: a server may send a part of the range. The rest is asked for.
    RANGE_SHORTER = TRANSIENT, "the server sent a shorter range than was asked for";
}

// Downloads. None of these is tried again: what was handed on stays as it is.
rules! {
    RESUME_DONE = PERMANENT, "nothing is left to download";
    RESUME_METHOD = PERMANENT, "only a GET can be continued";
    RESUME_STATUS = PERMANENT, "only a 200 or 206 can be continued";
    RESUME_SEVERAL = PERMANENT, "a Range of several parts, or not of bytes, cannot be continued";
    RESUME_ENCODED = PERMANENT, "a body with a Content-Encoding cannot be continued";
    RESUME_NO_LENGTH = PERMANENT, "a body without Content-Length may have been decoded, and cannot be continued";
    RESUME_NO_VALIDATOR = PERMANENT, "neither ETag nor Last-Modified: nothing tells a changed body from the same";
    RESUME_WEAK = PERMANENT, "the ETag or Last-Modified is too weak to join parts by";
    RESUME_CHANGED = PERMANENT, "the rest is of another state: its ETag or Last-Modified differs";
    RESUME_ELSEWHERE = PERMANENT, "redirects led elsewhere than before";
    RESUME_WHOLE = PERMANENT, "asked for the rest, the server sent the whole: it changed, or ranges are not served";
    RESUME_NOT_THERE = PERMANENT, "the server does not have the rest that it announced";
    RESUME_ANSWER = PERMANENT, "asked for the rest, the server sent something else";
    RANGE_UNASKED = PERMANENT, "asked for the whole, the server sent a part";
    RANGE_IGNORED = PERMANENT, "asked for a part, the server sent something else";
    RANGE_WRONG = PERMANENT, "the Content-Range is not what was asked for";
    LENGTH_WRONG = PERMANENT, "the Content-Length is not that of the Content-Range";
    BODY_TOO_LONG = PERMANENT, "the body is longer than announced";
    BODY_TOO_SHORT = PERMANENT, "the body is shorter than announced";
    WRITER_FAILED = PERMANENT, "the writer failed";
}
