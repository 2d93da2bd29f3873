//! The rules: the class and the name of each kind of failure.

use retry_core::Class;

/// What a failure means for the next attempt, and the rule that decided.
///
/// # Examples
///
/// ```
/// use retryable::Class;
/// use tonic::Status;
///
/// let verdict = retry_tonic::explain(&Status::unavailable("down"));
/// assert_eq!(verdict.class, Class::Transient);
/// assert_eq!(verdict.rule, "UNAVAILABLE");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What the failure means for the next attempt, if its method may run twice.
    pub class: Class,
    /// The rule that decided, for messages. The wording may change in any version.
    pub rule: &'static str,
}

const PERMANENT: Class = Class::Permanent;
const TRANSIENT: Class = Class::Transient;
const REFUSED: Class = Class::Refused;

macro_rules! rules {
    ($($constant:ident = $class:ident, $name:literal;)+) => {
        $(pub(crate) const $constant: Verdict = Verdict { class: $class, rule: $name };)+

        /// All rules, for the test that compares them with the documentation.
        #[cfg(test)]
        pub(super) const ALL: &[Verdict] = &[$($constant),+];
    };
}

// `Refused` is a claim of proof: the line after each such rule names the source of the promise that the call was not
// processed. Each promise is about one hop: if that is a proxy, it is about the proxy.
rules! {
    CONNECT = REFUSED, "connecting failed: nothing was sent";
    // tonic's `ConnectError`: its channel sends a request only over a connection that the connector has returned.
    CONNECT_TLS = PERMANENT, "TLS certificate or protocol error";
    NOT_SENT = REFUSED, "connection closed before the request was sent";
    // hyper's `Error::is_canceled` and `is_closed`: the request was not written to the connection.
    REFUSED_STREAM = REFUSED, "HTTP/2 REFUSED_STREAM: not processed";
    // RFC 9113 section 8.7: the stream was closed before any processing.
    GOAWAY = REFUSED, "HTTP/2 GOAWAY: not processed";
    // RFC 9113 section 6.8: streams above the last id of a GOAWAY were not processed, for every error code.
    BROKEN = TRANSIENT, "connection broken during the call";
    PING = TRANSIENT, "a keep-alive ping had no response";
    RUNTIME_GONE = TRANSIENT, "the runtime of the connection ended";
    CHANNEL_TIMED_OUT = TRANSIENT, "the timeout of the channel or of the request passed";
    ATTEMPT_TIMED_OUT = TRANSIENT, "the attempt took longer than the policy allows";
    PUSHBACK_STOP = PERMANENT, "the server asked not to retry";
}

/// The server asked for a retry after a time: `grpc-retry-pushback-ms`, or `google.rpc.RetryInfo`.
pub(crate) const ASKED: &str = "the server asked for a retry";
