//! Which requests may be processed twice.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};

/// The header by which a server knows a request again (draft-ietf-httpapi-idempotency-key-header).
pub(crate) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Whether the server may process a request twice, and who says so. The later, the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Safety {
    /// It must not be processed twice.
    Once,
    /// Its method or its author says that processing it twice has the same effect as once.
    Idempotent,
    /// It has an `Idempotency-Key`, by which the server recognizes it.
    Keyed,
}

impl Safety {
    /// What a request with this method and these headers promises: an idempotent method by
    /// RFC 9110 section 9.2.2, or an `Idempotency-Key`.
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let idempotent = [
            Method::GET,
            Method::HEAD,
            Method::OPTIONS,
            Method::TRACE,
            Method::PUT,
            Method::DELETE,
        ];
        if headers.contains_key(&IDEMPOTENCY_KEY) {
            Self::Keyed
        } else if idempotent.contains(method) {
            Self::Idempotent
        } else {
            Self::Once
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_are_not_idempotent_need_a_key() {
        let none = HeaderMap::new();
        let mut key = HeaderMap::new();
        key.insert("idempotency-key", "1".parse().unwrap());
        for name in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"] {
            assert_eq!(
                Safety::of(&name.parse().unwrap(), &none),
                Safety::Idempotent,
                "{name}"
            );
        }
        for name in ["POST", "PATCH", "CONNECT", "PURGE", "get"] {
            assert_eq!(
                Safety::of(&name.parse().unwrap(), &none),
                Safety::Once,
                "{name}"
            );
            assert_eq!(
                Safety::of(&name.parse().unwrap(), &key),
                Safety::Keyed,
                "{name}"
            );
        }
    }
}
