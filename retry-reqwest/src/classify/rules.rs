//! The rules: the class and the name of each kind of failure.

use std::time::Duration;

use retry_core::Class;

/// What a failure means for the next attempt, and the rule that decided.
///
/// # Examples
///
/// ```
/// use reqwest::{StatusCode, header::HeaderMap};
/// use retryable::Class;
/// use retryable::http::explain_status;
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
    /// The rule that decided, for messages. The wording may change in any version.
    pub rule: &'static str,
}

/// The rule that classified a failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) class: Class,
    name: &'static str,
    /// Its name if the request is not safe to repeat. `None` if that makes no difference.
    ambiguous: Option<&'static str>,
}

impl Rule {
    /// Returns the verdict if repeating the request is safe, or if its method is unknown.
    pub(crate) fn verdict(self) -> Verdict {
        Verdict {
            class: self.class,
            rule: self.name,
        }
    }

    /// Returns the verdict if the request must not be processed twice.
    pub(crate) fn verdict_once(self) -> Verdict {
        match (self.class, self.ambiguous) {
            (Class::Transient, Some(rule)) => Verdict {
                class: Class::Ambiguous,
                rule,
            },
            _ => self.verdict(),
        }
    }

    /// Whether both are the same rule. No two rules have the same name.
    pub(crate) fn is(self, rule: Self) -> bool {
        self.name == rule.name
    }

    /// Whether the failure is a timeout.
    pub(crate) fn is_out_of_time(self) -> bool {
        self.is(ATTEMPT_TIMED_OUT) || self.is(TIMED_OUT)
    }

    /// Whether the server promised that the request's own stream was not processed.
    pub(crate) fn is_of_the_stream(self) -> bool {
        self.is(H2_REFUSED_STREAM) || self.is(H2_GOAWAY)
    }

    /// Returns this rule for every method, because the server promised that repeating is safe.
    const fn for_every_method(self) -> Self {
        Self {
            ambiguous: None,
            ..self
        }
    }

    /// Returns this rule with the hint of the server.
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
    ($group:ident: $($constant:ident = $class:ident, $name:literal;)+) => {
        /// All rules of the group, for the test that compares them with the documentation.
        #[cfg(test)]
        pub(crate) const $group: &[Rule] = &[$($constant),+];

        $(pub(crate) const $constant: Rule = Rule {
            class: $class,
            name: $name,
            ambiguous: Some(concat!($name, ", and the request is not safe to repeat")),
        };)+
    };
}

// `Refused` and `Throttled` are claims of proof: the line after each such rule names the source of the promise that the
// request was not processed. Each promise is about one hop, the last one. After a followed redirect, an earlier hop has
// processed the request. The callers of these rules must know that.

// Before the connection is set up. hyper-util writes a request only to a connection that its connector has returned, so
// a request that fails earlier was not sent.
rules! { CONNECT:
    NOT_BUILT = PERMANENT, "the request cannot be built";
    DNS = REFUSED, "the name did not resolve";
    // The resolver: without an address, no connection is opened.
    CONNECT_TIMED_OUT = REFUSED, "connecting timed out";
    // reqwest's `connect_timeout`, which ends before the first byte of the request; connect(2), ETIMEDOUT.
    CONNECT_REFUSED = REFUSED, "connection refused before the request was sent";
    // connect(2): ECONNREFUSED; for a unix socket, also ENOENT.
    CONNECT_UNREACHABLE = REFUSED, "host or network unreachable";
    // connect(2): EHOSTUNREACH, ENETUNREACH, ENETDOWN.
    CONNECT_SHORTAGE = REFUSED, "no descriptor, buffer or local address left for a connection";
    // socket(2): EMFILE, ENFILE, ENOBUFS, ENOMEM; bind(2) and connect(2): EADDRINUSE, EADDRNOTAVAIL.
    CONNECT_BROKEN = REFUSED, "connection lost before the request was sent";
    // The operating system ended the connection during the handshake of TLS or of a proxy. No part of the
    // request travels with a handshake: neither backend of reqwest sends early data.
    CONNECT_SHARED = REFUSED, "the shared connection could not be set up";
    // hyper-util's pool: the HTTP/2 connection for which this request waited was never set up.
    PROXY_NO_TUNNEL = REFUSED, "the proxy did not open a tunnel";
    // RFC 9110 section 9.3.6: without a 2xx to CONNECT there is no tunnel through which to send a request.
    SOCKS_NO_TUNNEL = REFUSED, "the SOCKS server did not reach the host";
    // RFC 1928 section 6: replies 1, 3, 4, 5, 6; SOCKS 4: reply 91; or the SOCKS server itself was not
    // reached, or ended the handshake.
    PROXY_CREDENTIALS = PERMANENT, "the proxy requires credentials";
    CONNECT_ELSEWHERE = TRANSIENT, "connecting to another address than that of the URL failed: behind a redirect or a proxy";
    CONNECT_FAILED = PERMANENT, "the connection cannot be set up";
    TLS = PERMANENT, "TLS certificate or protocol error";
    NOT_SENT = REFUSED, "connection closed before the request was sent";
    // hyper's `Error::is_canceled` and `is_closed`: the request was not written to the connection.
}

// During the exchange.
rules! { EXCHANGE:
    TIMED_OUT = TRANSIENT, "timed out, perhaps after the request was sent";
    RESET = TRANSIENT, "connection reset during the exchange";
    CLOSED = TRANSIENT, "connection closed before the response";
    RUNTIME_GONE = TRANSIENT, "the runtime of the connection ended";
    OUT_OF_TURN = TRANSIENT, "the server responded before the request was sent";
    TRUNCATED = TRANSIENT, "the body ended too early";
    INTERRUPTED = TRANSIENT, "network interrupted during the exchange";
    UPLOAD_ENDED = TRANSIENT, "the connection ended before the body was sent";
    REQUEST_BODY = PERMANENT, "the request's own body failed";
    REDIRECT = PERMANENT, "too many redirects, or a redirect loop";
    NOT_FOLLOWED = PERMANENT, "a redirect that was not followed";
    NOT_ASKED_FOR = PERMANENT, "a status that was not asked for";
    NOT_HTTP = PERMANENT, "the response is not HTTP";
    NOT_DECODED = PERMANENT, "the body does not decode";
    UNKNOWN = PERMANENT, "unrecognized transport error";
}

rules! { HTTP2:
    H2_REFUSED_STREAM = REFUSED, "HTTP/2 REFUSED_STREAM: not processed";
    // RFC 9113 section 8.7: the stream was closed before any processing.
    H2_GOAWAY = REFUSED, "HTTP/2 GOAWAY: not processed";
    // RFC 9113 section 6.8: streams above the last id of a GOAWAY were not processed, for every error code.
    H2_CALM = TRANSIENT, "HTTP/2 ENHANCE_YOUR_CALM";
    // RFC 9113 section 7 promises nothing about what was processed.
    H2_STOPPED = TRANSIENT, "HTTP/2 stream or connection ended by an error";
    H2_PROTOCOL = PERMANENT, "HTTP/2 protocol error";
}

// The server's response.
rules! { STATUS:
    STATUS_403_HINT = THROTTLED, "403 with a valid Retry-After";
    // RFC 9110 section 15.5.4: refuses to fulfill the request. Retry-After: the refusal is about its rate.
    STATUS_408 = TRANSIENT, "408 request timeout";
    STATUS_409_KEYED = TRANSIENT, "409 on a request with an Idempotency-Key: still being processed";
    STATUS_413_HINT = THROTTLED, "413 with a valid Retry-After";
    // RFC 9110 section 15.5.14: refuses to process the request. Retry-After: for a time.
    STATUS_425 = REFUSED, "425 too early: not processed";
    // RFC 8470 section 5.2: not willing to risk processing the request.
    STATUS_429 = THROTTLED, "429 too many requests";
    STATUS_429_HINT = THROTTLED, "429 with a valid Retry-After";
    // RFC 6585 section 4: the limit of the rate applies in place of processing.
    STATUS_500 = TRANSIENT, "500 internal server error";
    STATUS_502 = TRANSIENT, "502 bad gateway";
    STATUS_503 = TRANSIENT, "503 service unavailable";
    STATUS_503_HINT = THROTTLED, "503 with a valid Retry-After";
    // RFC 9110 section 15.6.4: not able to handle the request. Retry-After: because of load or maintenance,
    // and not because a handler failed halfway.
    STATUS_504 = TRANSIENT, "504 gateway timeout";
    STATUS_520 = TRANSIENT, "520 to 524: a proxy got no valid response";
    STATUS_529 = THROTTLED, "529 overloaded";
    STATUS_529_HINT = THROTTLED, "529 with a valid Retry-After";
    // Not registered. The services that send it document that they are overloaded and turn requests away.
    STATUS_600 = TRANSIENT, "600 to 999: counts as a server error";
    STATUS_OTHER = PERMANENT, "a status that no retry changes";
    SAID_TO_RETRY = TRANSIENT, "the server sent x-should-retry: true";
    SHOULD_RETRY_HINT = THROTTLED, "the server sent x-should-retry: true, with a valid Retry-After";
    // The header: the server requests a retry at that time.
    SHOULD_NOT_RETRY = PERMANENT, "the server sent x-should-retry: false";
}

/// Replaces the name of the rule if a later hop refused a request that an earlier one has processed.
pub(crate) const LATER_HOP: &str =
    "failed behind a redirect, and the request is not safe to repeat";

/// `Transient` for every method: the server knows whether it processed the request.
pub(crate) const SHOULD_RETRY: Rule = SAID_TO_RETRY.for_every_method();

// Outside an exchange.
rules! { BY_POLICY:
    ATTEMPT_TIMED_OUT = TRANSIENT, "the attempt took longer than the policy allows";
    NOT_REPLAYABLE = PERMANENT, "the body cannot be sent again";
}

// Downloads. Only the first of these is retried, because bytes that were written cannot be taken back.
rules! { DOWNLOAD:
    RANGE_SHORTER = TRANSIENT, "the server sent a shorter range than was requested";
    // RFC 9110 section 15.3.7: a server may send a part of the range. The next attempt requests the rest.
    RESUME_DONE = PERMANENT, "nothing is left to download";
    RESUME_METHOD = PERMANENT, "only a GET can be resumed";
    RESUME_STATUS = PERMANENT, "only a 200 or 206 can be resumed";
    RESUME_SEVERAL = PERMANENT, "a Range of several parts, or not of bytes, cannot be resumed";
    RESUME_ENCODED = PERMANENT, "a body with a Content-Encoding cannot be resumed";
    RESUME_NO_LENGTH = PERMANENT, "a body without Content-Length may have been decoded, and cannot be resumed";
    RESUME_NO_VALIDATOR = PERMANENT, "neither ETag nor Last-Modified: nothing proves that the file has not changed";
    RESUME_WEAK = PERMANENT, "the ETag or Last-Modified is too weak to join parts";
    RESUME_CHANGED = PERMANENT, "the file has changed: its ETag or Last-Modified differs";
    RESUME_ELSEWHERE = PERMANENT, "redirects led to another place than before";
    RESUME_WHOLE = PERMANENT, "the server sent the whole file instead of the rest: it changed, or ranges are not supported";
    RESUME_NOT_THERE = PERMANENT, "the server does not have the rest that it announced";
    RESUME_OTHER = PERMANENT, "the server sent something else instead of the rest";
    RANGE_UNASKED = PERMANENT, "the server sent a part, but the whole file was requested";
    RANGE_IGNORED = PERMANENT, "the server sent something else instead of the requested part";
    RANGE_WRONG = PERMANENT, "the Content-Range is not the requested one";
    LENGTH_WRONG = PERMANENT, "the Content-Length does not match the Content-Range";
    BODY_TOO_LONG = PERMANENT, "the body is longer than announced";
    BODY_TOO_SHORT = PERMANENT, "the body is shorter than announced";
    WRITER_FAILED = PERMANENT, "the writer failed";
}
