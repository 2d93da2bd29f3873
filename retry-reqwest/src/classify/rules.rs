//! The rules for failures of the transport and of downloads: the class and the name of each.
//!
//! Those for responses are in the crate `retry-http`.

use retry_core::Class;
use retry_http::__private_0_1::{Rule, rules};

pub(crate) use retry_http::__private_0_1::response_rules::SHOULD_NOT_RETRY;

/// Whether the failure is a timeout.
pub(crate) fn is_out_of_time(rule: Rule) -> bool {
    rule.is(ATTEMPT_TIMED_OUT) || rule.is(TIMED_OUT)
}

/// Whether the server promised that the request's own stream was not processed.
pub(crate) fn is_of_the_stream(rule: Rule) -> bool {
    rule.is(H2_REFUSED_STREAM) || rule.is(H2_GOAWAY)
}

// `Refused` and `Throttled` are claims of proof: the line after each such rule names the source of the promise that the
// request was not processed. Each promise is about one hop, the last one. After a followed redirect, an earlier hop has
// processed the request. The callers of these rules must know that.

// Before the connection is set up. hyper-util writes a request only to a connection that its connector has returned, so
// a request that fails earlier was not sent.
rules! { pub(crate) CONNECT:
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
rules! { pub(crate) EXCHANGE:
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
    NOT_HTTP = PERMANENT, "the response is not HTTP";
    NOT_DECODED = PERMANENT, "the body does not decode";
    UNKNOWN = PERMANENT, "unrecognized transport error";
}

// In a browser.
rules! { pub(crate) FETCH:
    FETCH_FAILED = TRANSIENT, "fetch failed without a reason";
}

rules! { pub(crate) HTTP2:
    H2_REFUSED_STREAM = REFUSED, "HTTP/2 REFUSED_STREAM: not processed";
    // RFC 9113 section 8.7: the stream was closed before any processing.
    H2_GOAWAY = REFUSED, "HTTP/2 GOAWAY: not processed";
    // RFC 9113 section 6.8: streams above the last id of a GOAWAY were not processed, for every error code.
    H2_CALM = TRANSIENT, "HTTP/2 ENHANCE_YOUR_CALM";
    // RFC 9113 section 7 promises nothing about what was processed.
    H2_STOPPED = TRANSIENT, "HTTP/2 stream or connection ended by an error";
    H2_PROTOCOL = PERMANENT, "HTTP/2 protocol error";
}

/// Takes the place of the rule if a later hop refused a request that an earlier one has processed.
pub(crate) const LATER_HOP: Rule = Rule::new(
    Class::Ambiguous,
    "failed behind a redirect, and the request is not safe to repeat",
    None,
);

// Outside an exchange.
rules! { pub(crate) BY_POLICY:
    ATTEMPT_TIMED_OUT = TRANSIENT, "the attempt took longer than the policy allows";
    NOT_REPLAYABLE = PERMANENT, "the body cannot be sent again";
}

// Downloads. Only the first of these is retried, because bytes that were written cannot be taken back.
rules! { pub(crate) DOWNLOAD:
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
