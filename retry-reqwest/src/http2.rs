//! What an error of HTTP/2 means for the next attempt.

use h2::Reason;

use crate::rules::{self, Rule};

/// `None` where the cause is the socket's, or the error is of this side's own making.
///
/// `in_body`: the head of the answer has come. So the request was processed, whatever the server says
/// then. h2 itself asks for calm too, where an answer floods it.
///
/// RFC 9113 sections 6.8, 7 and 8.7: a stream refused, or above the last one that a `GOAWAY` names,
/// was not processed. h2 fails only such streams with the `GOAWAY` itself; streams that the server
/// may have processed end with the connection instead.
pub(crate) fn judge_h2(error: &h2::Error, in_body: bool) -> Option<Rule> {
    // hyper resets a stream whose request body failed, and keeps the failure to itself.
    let by_us = error.is_reset() && !error.is_remote() && !error.is_library();
    if by_us && error.reason() == Some(Reason::INTERNAL_ERROR) {
        return Some(rules::REQUEST_BODY);
    }
    let unanswered = error.is_remote() && !in_body;
    let rule = match error.reason()? {
        Reason::REFUSED_STREAM if unanswered => rules::H2_REFUSED_STREAM,
        Reason::NO_ERROR if unanswered && error.is_go_away() => rules::H2_GOAWAY,
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
