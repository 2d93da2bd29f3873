//! What the causes of a status say: failures of the channel, which has no word of the server.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter::successors;

use h2::Reason;
use retry_core::TimedOut;
use tonic::{ConnectError, TimeoutExpired};

use super::rules::{self, Verdict};

/// Returns the error and all its causes, outermost first.
///
/// `source()` alone is not enough: an `io::Error` skips the error inside it, into which TLS and hyper put theirs, and an
/// `h2::Error` has none even if it came from the socket.
fn causes<'a>(
    outermost: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(outermost), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        let inner = error.get_ref()?;
        return Some(inner);
    }
    if let Some(error) = error.downcast_ref::<h2::Error>() {
        let inner = error.get_io()?;
        return Some(inner);
    }
    error.source()
}

/// Judges a failure by its causes. Returns `None` if they say nothing that the code of the status does not.
pub(super) fn judge(source: &(dyn Error + 'static)) -> Option<Verdict> {
    // After the head of the response, nothing proves that the call was not processed.
    let mut in_body = false;
    for cause in causes(source) {
        if cause.is::<ConnectError>() {
            return Some(judge_connect(cause));
        }
        if cause.is::<TimeoutExpired>() {
            return Some(rules::CHANNEL_TIMED_OUT);
        }
        if cause.is::<TimedOut>() {
            return Some(rules::ATTEMPT_TIMED_OUT);
        }
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            in_body |= is_of_response_body(error);
            if let Some(verdict) = judge_hyper(error, in_body) {
                return Some(verdict);
            }
        } else if let Some(error) = cause.downcast_ref::<h2::Error>() {
            if let Some(verdict) = judge_h2(error, in_body) {
                return Some(verdict);
            }
        } else if let Some(error) = cause.downcast_ref::<io::Error>()
            && is_broken(error)
        {
            return Some(rules::BROKEN);
        }
    }
    None
}

/// Judges a failure to connect. Repeating is safe after each, but a certificate does not become valid by it.
fn judge_connect(error: &(dyn Error + 'static)) -> Verdict {
    let is_tls = |cause: &(dyn Error + 'static)| {
        // The errors of rustls have this kind.
        let error = cause.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == ErrorKind::InvalidData)
    };
    if causes(error).any(is_tls) {
        rules::CONNECT_TLS
    } else {
        rules::CONNECT
    }
}

fn judge_hyper(error: &hyper::Error, in_body: bool) -> Option<Verdict> {
    if error.is_timeout() {
        Some(rules::PING)
    } else if error.is_user() && error.to_string() == "dispatch task is gone" {
        Some(rules::RUNTIME_GONE)
    } else if (error.is_canceled() || error.is_closed()) && !in_body {
        Some(rules::NOT_SENT)
    } else {
        None
    }
}

/// Judges an error of HTTP/2. Any other one than these has a status code of its own: the one that tonic gave it.
///
/// A `GOAWAY` is proof because h2 fails a stream with the server's `GOAWAY` only if its id is above the last id that the
/// server names, or if the stream was never opened. Every other stream continues, or ends with the socket.
fn judge_h2(error: &h2::Error, in_body: bool) -> Option<Verdict> {
    if error.is_io() {
        return Some(rules::BROKEN);
    }
    if !error.is_remote() || in_body {
        return None;
    }
    if error.is_go_away() {
        return Some(rules::GOAWAY);
    }
    (error.reason() == Some(Reason::REFUSED_STREAM)).then_some(rules::REFUSED_STREAM)
}

/// Whether the connection ended. gRPC's status codes have `UNAVAILABLE` for a connection that breaks after a part of the
/// request was sent; tonic returns `UNKNOWN`.
fn is_broken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof
            | ErrorKind::TimedOut
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
    )
}

/// Whether the failure came after the head of the response. hyper has no predicate for it, only a message.
fn is_of_response_body(error: &hyper::Error) -> bool {
    error.to_string() == "error reading a body from connection"
}
