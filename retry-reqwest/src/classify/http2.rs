//! What an error of HTTP/2 means for the next attempt.

use h2::Reason;

use super::rules::{self, Rule};

/// `None` if the cause is the socket's, or the error was made by this side.
///
/// `in_body`: the head of the response has come. So the request was processed, whatever the server says
/// then.
///
/// A `GOAWAY` of any reason is proof (RFC 9113 section 6.8), because h2 fails a stream with the server's
/// `GOAWAY` only if its id is above the last one that the server names, or if it was never opened
/// (`Inner::recv_go_away` and `ensure_no_conn_error` in its `streams.rs`). Every other stream ends with
/// the connection, by an error of the socket.
pub(crate) fn judge_h2(error: &h2::Error, in_body: bool) -> Option<Rule> {
    // hyper resets a stream whose request body failed, and keeps the failure to itself.
    let by_us = error.is_reset() && !error.is_remote() && !error.is_library();
    if by_us && error.reason() == Some(Reason::INTERNAL_ERROR) {
        return Some(rules::REQUEST_BODY);
    }
    let unanswered = error.is_remote() && !in_body;
    let rule = match error.reason()? {
        _ if unanswered && error.is_go_away() => rules::H2_GOAWAY,
        Reason::REFUSED_STREAM if unanswered => rules::H2_REFUSED_STREAM,
        Reason::ENHANCE_YOUR_CALM if unanswered => rules::H2_CALM,
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
