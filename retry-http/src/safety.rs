//! Which requests may be processed twice.

use http::Method;
use http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};

/// The header by which a server recognizes a repeated request (draft-ietf-httpapi-idempotency-key-header).
pub static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Whether the server may process a request twice, and the reason. A later variant is a stronger promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// It must not be processed twice.
    Once,
    /// Its method or its author promises that processing it twice has the same effect as once.
    Idempotent,
    /// It has an `Idempotency-Key`, by which the server recognizes it.
    Keyed,
}

impl Safety {
    /// Returns the promise of a request with this method and these headers.
    ///
    /// Idempotent by RFC 9110 section 9.2.2, and QUERY by RFC 10008. A conditional request that changes
    /// something is not: once it has taken effect, its own condition no longer holds, so a repetition gets a
    /// 412 in place of the success (RFC 9110 section 13.1).
    #[inline]
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        // Most requests without a body have no headers yet: one look-up less.
        if !headers.is_empty() && headers.contains_key(&IDEMPOTENCY_KEY) {
            return Self::Keyed;
        }
        match method.as_str() {
            "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY" => Self::Idempotent,
            "PUT" | "DELETE" if !is_conditional(headers) => Self::Idempotent,
            _ => Self::Once,
        }
    }
}

fn is_conditional(headers: &HeaderMap) -> bool {
    let conditions = [IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE];
    conditions.iter().any(|name| headers.contains_key(name))
}

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;

    use super::*;

    fn of(method: &str, headers: &[(&'static str, &'static str)]) -> Safety {
        let headers = headers.iter().map(|&(name, value)| {
            let value = HeaderValue::from_static(value);
            (HeaderName::from_static(name), value)
        });
        Safety::of(&method.parse().unwrap(), &headers.collect())
    }

    #[test]
    fn methods_that_are_not_idempotent_need_a_key() {
        let key = ("idempotency-key", "1");
        for name in ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PUT", "DELETE"] {
            assert_eq!(of(name, &[]), Safety::Idempotent, "{name}");
            assert_eq!(of(name, &[key]), Safety::Keyed, "{name}");
        }
        for name in ["POST", "PATCH", "CONNECT", "PURGE", "get"] {
            assert_eq!(of(name, &[]), Safety::Once, "{name}");
            assert_eq!(of(name, &[key]), Safety::Keyed, "{name}");
        }
    }

    #[test]
    fn a_condition_that_its_own_effect_breaks_is_not_safe_to_repeat() {
        let conditions = [
            ("if-match", "\"v1\""),
            ("if-match", "*"),
            ("if-none-match", "*"),
            ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ];
        for condition in conditions {
            for name in ["PUT", "DELETE", "PATCH", "POST"] {
                assert_eq!(of(name, &[condition]), Safety::Once, "{name} {condition:?}");
                let keyed = of(name, &[condition, ("idempotency-key", "1")]);
                assert_eq!(keyed, Safety::Keyed, "{name} {condition:?}");
            }
            for name in ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"] {
                assert_eq!(of(name, &[condition]), Safety::Idempotent, "{name}");
            }
        }
    }
}
