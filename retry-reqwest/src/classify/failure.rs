//! The rule for each `reqwest::Error`.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use reqwest::header::HeaderMap;
use retry_core::Class;

use super::causes::causes;
use super::private_errors::{self, is_runtime_gone, is_truncated_deflate};
use super::{Rule, Safety, judge_status, rules};

/// Judges an error about which nothing else is known. If connecting failed to an address that is not the URL's, a
/// redirect may have led there, and the first hop has processed the request.
pub(crate) fn judge(error: &reqwest::Error) -> Rule {
    let rule = judge_first_hop(error);
    if rule.class == Class::Refused && is_elsewhere(error, rule) {
        return rules::CONNECT_ELSEWHERE;
    }
    rule
}

/// Judges an error that is known to come from the first hop, or whose hop makes no difference.
pub(crate) fn judge_first_hop(error: &reqwest::Error) -> Rule {
    if error.is_builder() {
        return rules::NOT_BUILT;
    }
    if error.is_redirect() {
        return rules::REDIRECT;
    }
    if let Some(status) = error.status() {
        return judge_status(status, &HeaderMap::new(), None, Safety::Idempotent);
    }
    // Before the predicates below, because they look at every cause: the body of the request may have failed because
    // of its own connection, and then a part of the request was sent.
    if causes(error).any(is_request_body) {
        return rules::REQUEST_BODY;
    }
    if error.is_dns() {
        return rules::DNS;
    }
    if error.is_connect() {
        return judge_connect(error);
    }
    if error.is_timeout() {
        return rules::TIMED_OUT;
    }
    let in_body = error.is_body() || error.is_decode();
    let known = causes(error).find_map(|cause| judge_exchange(cause, in_body));
    match known {
        Some(rule) => rule,
        None if error.is_decode() => rules::NOT_DECODED,
        None => rules::UNKNOWN,
    }
}

/// Whether the request failed before it was connected.
pub(super) fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// Whether the cause of a failure to decode is an error of the transport, and not one of a deserializer.
pub(crate) fn is_known_cause(cause: &(dyn Error + 'static)) -> bool {
    cause.is::<reqwest::Error>() || cause.is::<hyper::Error>() || cause.is::<io::Error>()
}

/// Whether connecting failed to an address that is not the first hop's, which is in the request's URL. `false` if the
/// error contains no address.
fn is_elsewhere(error: &reqwest::Error, rule: Rule) -> bool {
    let Some(url) = error.url() else {
        return false;
    };
    if url.scheme() == "http" && rule.is(rules::PROXY_NO_TUNNEL) {
        // Only https goes through a tunnel.
        return true;
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host: Option<IpAddr> = host.parse().ok();
    if error.is_dns() {
        // An address needs no name server.
        return host.is_some();
    }
    causes(error)
        .find_map(connect_address)
        .is_some_and(|address| {
            host.is_some_and(|host| host != address.ip())
                || url.port_or_known_default() != Some(address.port())
        })
}

/// Returns the address that hyper-util tried to connect to. Only the `Debug` output of its error shows it:
/// `ConnectError("tcp connect error", 127.0.0.1:80, Os { .. })`.
fn connect_address(cause: &(dyn Error + 'static)) -> Option<SocketAddr> {
    let shown = format!("{cause:?}");
    let mut fields = shown.strip_prefix("ConnectError(")?.split(", ");
    fields.nth(1)?.parse().ok()
}

/// Judges a failure to connect, TLS and proxies included. A temporary fault is `Refused`, because no part of the
/// request was sent.
fn judge_connect(error: &reqwest::Error) -> Rule {
    if error.is_timeout() {
        return rules::CONNECT_TIMED_OUT;
    }
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            match error.kind() {
                // `NotFound`: no file is at the path of a unix socket yet.
                ErrorKind::ConnectionRefused | ErrorKind::NotFound => {
                    return rules::CONNECT_REFUSED;
                }
                ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown => return rules::CONNECT_UNREACHABLE,
                ErrorKind::AddrNotAvailable | ErrorKind::AddrInUse => {
                    return rules::CONNECT_SHORTAGE;
                }
                _ if is_shortage(error) => return rules::CONNECT_SHORTAGE,
                _ => {}
            }
        }
        if let Some(rule) = private_errors::judge_connect(cause) {
            return rule;
        }
        match judge_exchange(cause, false) {
            Some(rule) if rule.class == Class::Transient => return rules::CONNECT_BROKEN,
            Some(rule) => return rule,
            None => {}
        }
    }
    rules::CONNECT_FAILED
}

/// Judges one cause of a failure on an established connection.
fn judge_exchange(cause: &(dyn Error + 'static), in_body: bool) -> Option<Rule> {
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return judge_hyper(error, in_body);
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return judge_io(error, in_body);
    }
    // reqwest's blocking client sends a reader's bytes over a channel, until the connection drops its end.
    if cause.is::<futures_channel::mpsc::SendError>() {
        return Some(rules::UPLOAD_ENDED);
    }
    if let Some(error) = cause.downcast_ref::<h2::Error>() {
        return super::http2::judge_h2(error, in_body);
    }
    None
}

/// Whether this is a failure of the request's body.
fn is_request_body(cause: &(dyn Error + 'static)) -> bool {
    let error = cause.downcast_ref::<hyper::Error>();
    error.is_some_and(|error| error.is_user() && !is_runtime_gone(error))
}

fn judge_hyper(error: &hyper::Error, in_body: bool) -> Option<Rule> {
    if is_runtime_gone(error) {
        Some(rules::RUNTIME_GONE)
    } else if error.is_canceled() || error.is_closed() {
        Some(if in_body {
            rules::INTERRUPTED
        } else {
            rules::NOT_SENT
        })
    } else if error.is_incomplete_message() {
        Some(if in_body {
            rules::TRUNCATED
        } else {
            rules::CLOSED
        })
    } else if error.is_parse() {
        Some(rules::NOT_HTTP)
    } else if error.source().is_none() {
        // The only kind for which hyper has neither a predicate nor a cause. Servers that shed load, or close
        // an idle connection with a 408, respond before there is a request.
        Some(rules::OUT_OF_TURN)
    } else {
        None
    }
}

/// Unreachable is `Transient` here, because the host was reachable when the exchange began.
fn judge_io(error: &io::Error, in_body: bool) -> Option<Rule> {
    match error.kind() {
        ErrorKind::TimedOut => Some(rules::TIMED_OUT),
        ErrorKind::UnexpectedEof if in_body => Some(rules::TRUNCATED),
        ErrorKind::UnexpectedEof => Some(rules::CLOSED),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected => Some(rules::RESET),
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::Interrupted
        | ErrorKind::WouldBlock
        | ErrorKind::ResourceBusy => Some(rules::INTERRUPTED),
        _ if is_shortage(error) => Some(rules::INTERRUPTED),
        ErrorKind::Other if in_body && is_truncated_deflate(error) => Some(rules::TRUNCATED),
        ErrorKind::InvalidData if in_body => Some(rules::NOT_DECODED),
        // Errors of rustls have this kind.
        ErrorKind::InvalidData => Some(rules::TLS),
        _ => None,
    }
}

/// Whether the operating system has no descriptor or buffer left: temporary, because other connections release theirs.
fn is_shortage(error: &io::Error) -> bool {
    // ENOBUFS has no number that all systems share.
    const SHORTAGES: &[i32] = if cfg!(windows) {
        &[10024, 10055] // WSAEMFILE, WSAENOBUFS
    } else if cfg!(any(target_os = "linux", target_os = "android")) {
        &[23, 24, 105] // ENFILE, EMFILE, ENOBUFS
    } else {
        &[23, 24, 55]
    };
    // ENOMEM
    error.kind() == ErrorKind::OutOfMemory
        || error
            .raw_os_error()
            .is_some_and(|code| SHORTAGES.contains(&code))
}
