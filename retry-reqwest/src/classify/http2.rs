//! What an error of HTTP/2 means for the next attempt.

use h2::Reason;

use super::{Rule, rules};

/// Judges an error of HTTP/2. Returns `None` if the cause is the socket's, or if the client made the error.
///
/// `in_body`: whether the head of the response was received. Then the request was processed, for every reason.
///
/// A `GOAWAY` of any reason is proof (RFC 9113 section 6.8), because h2 fails a stream with the server's
/// `GOAWAY` only if its id is above the last id that the server names, or if it was never opened
/// (`Inner::recv_go_away` and `ensure_no_conn_error` in its `streams.rs`). Every other stream ends with
/// the connection, by an error of the socket.
pub(crate) fn judge_h2(error: &h2::Error, in_body: bool) -> Option<Rule> {
    // hyper resets a stream whose request body failed, and does not report the failure.
    let by_us = error.is_reset() && !error.is_remote() && !error.is_library();
    if by_us && error.reason() == Some(Reason::INTERNAL_ERROR) {
        return Some(rules::REQUEST_BODY);
    }
    let before_response = error.is_remote() && !in_body;
    let rule = match error.reason()? {
        _ if before_response && error.is_go_away() => rules::H2_GOAWAY,
        Reason::REFUSED_STREAM if before_response => rules::H2_REFUSED_STREAM,
        Reason::ENHANCE_YOUR_CALM if before_response => rules::H2_CALM,
        Reason::PROTOCOL_ERROR
        | Reason::FLOW_CONTROL_ERROR
        | Reason::FRAME_SIZE_ERROR
        | Reason::COMPRESSION_ERROR
        | Reason::INADEQUATE_SECURITY
        | Reason::HTTP_1_1_REQUIRED => rules::H2_PROTOCOL,
        _ => rules::H2_STOPPED,
    };
    Some(rule)
}
