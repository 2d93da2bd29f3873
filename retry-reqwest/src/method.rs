//! Which requests may be processed twice.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};

/// The header by which a server knows a request again (draft-ietf-httpapi-idempotency-key-header).
pub(crate) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Whether it does no harm if the server processes the request twice: an idempotent method by
/// RFC 9110 section 9.2.2, or a request with an `Idempotency-Key`, by which the server knows it again.
pub(crate) fn repeatable(method: &Method, headers: &HeaderMap) -> bool {
    let idempotent = [
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::PUT,
        Method::DELETE,
    ];
    idempotent.contains(method) || headers.contains_key(&IDEMPOTENCY_KEY)
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
            assert!(repeatable(&name.parse().unwrap(), &none), "{name}");
        }
        for name in ["POST", "PATCH", "CONNECT", "PURGE", "get"] {
            assert!(!repeatable(&name.parse().unwrap(), &none), "{name}");
            assert!(repeatable(&name.parse().unwrap(), &key), "{name}");
        }
    }
}
