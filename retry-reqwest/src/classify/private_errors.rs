//! Errors of hyper and hyper-util whose types are private and which have no source: only their messages identify them.
//!
//! An upgrade may change a message. The failure then becomes `Permanent`, which repeats nothing by mistake, and a
//! test against the real library fails: `tests/it/{connect,tunnels,http2,runtimes,encodings}.rs`.

use std::error::Error;
use std::io;

use super::{Rule, rules};

/// Judges one cause of a failure to connect.
pub(crate) fn judge_connect(cause: &(dyn Error + 'static)) -> Option<Rule> {
    let message = cause.to_string();
    if let Some(socks) = message.strip_prefix("SOCKS error: ") {
        return judge_socks(socks);
    }
    let rule = match message.as_str() {
        // `hyper_util::client::legacy::pool::Error`. Requests over HTTP/2 wait for the request that
        // connects, and only that request receives the reason if it fails.
        "request was canceled" | "checked out connection was closed" => rules::CONNECT_SHARED,
        // `hyper_util::client::legacy::connect::proxy::tunnel::TunnelError`.
        "tunnel error: unsuccessful" | "tunnel error: unexpected end of file" => {
            rules::PROXY_NO_TUNNEL
        }
        "tunnel error: proxy authorization required" => rules::PROXY_CREDENTIALS,
        _ => return None,
    };
    Some(rule)
}

/// `hyper_util::client::legacy::connect::proxy::socks::SocksError`. Not in this list, and so permanent: the
/// server forbids the host, does not support the command or the type of address, wants other credentials, or does
/// not speak SOCKS.
fn judge_socks(message: &str) -> Option<Rule> {
    let no_tunnel = matches!(
        message,
        // The SOCKS server was not reached, or ended the handshake.
        "failed to create underlying connection"
            | "io error during SOCKS handshake"
            // Version 5.
            | "general server failure"
            | "network unreachable"
            | "host unreachable"
            | "connection refused"
            | "ttl expired"
            // Version 4 has one reply for all of these.
            | "server failed to execute command"
    );
    no_tunnel.then_some(rules::SOCKS_NO_TUNNEL)
}

/// Whether the runtime that drove the connection has ended. hyper counts this as an error of the user.
pub(crate) fn is_runtime_gone(error: &hyper::Error) -> bool {
    error.is_user() && error.to_string() == "dispatch task is gone"
}

/// Whether a deflate body ended too early, which its decoder reports as an error of kind `Other`. The
/// decoders of other encodings report `UnexpectedEof`.
pub(crate) fn is_truncated_deflate(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string() == "unexpected BufError"
}
