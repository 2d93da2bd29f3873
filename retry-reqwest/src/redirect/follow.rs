//! Following redirects that keep the method, for bodies that reqwest cannot resend.

use std::sync::OnceLock;

use reqwest::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
    WWW_AUTHENTICATE,
};
use reqwest::{Client, StatusCode, Url};

use crate::error::url::location;

/// How many redirects are followed if the client's own policy cannot be read. This is reqwest's default.
const HOPS: usize = 10;

/// Redirects that keep the method and the body of the request (RFC 9110 sections 15.4.8 and 15.4.9).
pub(super) const KEEPS_BODY: [StatusCode; 2] = [
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
];

/// The redirects that one attempt may still follow.
#[derive(Debug)]
pub(crate) struct Redirects {
    remaining: usize,
    /// Whether a redirect may lead to another scheme, host or port.
    elsewhere: bool,
}

impl Redirects {
    /// For a client whose policy cannot be read. Redirects to another server are not followed, because the client
    /// might forbid them, or add credentials there.
    pub(crate) const UNKNOWN: Self = Self {
        remaining: HOPS,
        elsewhere: false,
    };

    /// The client's own policy, which only its `Debug` output shows.
    pub(crate) fn of(client: &Client) -> Self {
        if !can_be_read() {
            return Self::UNKNOWN;
        }
        Self::read(&format!("{client:?}"))
    }

    fn read(shown: &str) -> Self {
        let remaining = match shown.split_once("redirect_policy: \"Policy(") {
            None => HOPS,
            Some((_, policy)) if policy.starts_with("None)") => 0,
            Some((_, policy)) => {
                let limit = policy
                    .strip_prefix("Limit(")
                    .and_then(|limit| limit.split_once(')'))
                    .and_then(|(limit, _)| limit.parse().ok());
                match limit {
                    Some(limit) => limit,
                    // Only reqwest can call a custom policy.
                    None => return Self::UNKNOWN,
                }
            }
        };
        // The client adds its default headers, and so its credentials, to each request that it sends, also to
        // another server.
        let headers = shown
            .split_once("default_headers: ")
            .map_or("", |(_, headers)| headers);
        let credentials = CREDENTIALS
            .iter()
            .any(|name| headers.contains(&format!("\"{name}\": ")));
        Self {
            remaining,
            elsewhere: !credentials,
        }
    }

    /// Counts a redirect, and returns the URL to send the request to. Returns `None` if the response does not redirect
    /// the request with its method and body, or if the redirect must not be followed.
    pub(crate) fn next(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        at: &Url,
    ) -> Option<Url> {
        if !KEEPS_BODY.contains(&status) || self.remaining == 0 {
            return None;
        }
        let next = location(headers, at)?;
        if !["http", "https"].contains(&next.scheme())
            || (is_elsewhere(at, &next) && !self.elsewhere)
        {
            return None;
        }
        self.remaining -= 1;
        Some(next)
    }
}

/// Whether two URLs lead to different servers, by scheme, host and port. reqwest removes credentials by this rule.
pub(crate) fn is_elsewhere(from: &Url, to: &Url) -> bool {
    from.host_str() != to.host_str()
        || from.port_or_known_default() != to.port_or_known_default()
        || from.scheme() != to.scheme()
}

/// The headers that reqwest removes if a redirect leads to another server.
const CREDENTIALS: [HeaderName; 5] = [
    AUTHORIZATION,
    COOKIE,
    HeaderName::from_static("cookie2"),
    PROXY_AUTHORIZATION,
    WWW_AUTHENTICATE,
];

pub(crate) fn remove_credentials(headers: &mut HeaderMap) {
    for name in CREDENTIALS {
        headers.remove(name);
    }
}

/// Whether the `Debug` output of this version of reqwest has the form that [`Redirects::read`] expects.
///
/// Checked once, with a client whose settings are known. Only a redirected upload pays for building that client.
fn can_be_read() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("x"));
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers)
            .build();
        client.is_ok_and(|client| {
            let read = Redirects::read(&format!("{client:?}"));
            read.remaining == 0 && !read.elsewhere
        })
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::LOCATION;
    use reqwest::redirect::Policy;

    use super::*;

    fn read(client: reqwest::ClientBuilder) -> (usize, bool) {
        let read = Redirects::of(&client.no_proxy().build().unwrap());
        (read.remaining, read.elsewhere)
    }

    fn with_default(name: HeaderName) -> reqwest::ClientBuilder {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static("s3cr3t"))]);
        Client::builder().default_headers(headers)
    }

    #[test]
    fn the_policy_of_a_client_is_read_from_its_debug_output() {
        assert!(can_be_read());
        assert_eq!(read(Client::builder()), (10, true));
        assert_eq!(read(Client::builder().redirect(Policy::none())), (0, true));
        assert_eq!(
            read(Client::builder().redirect(Policy::limited(3))),
            (3, true)
        );
        let custom = Policy::custom(|attempt| match attempt.status() {
            StatusCode::SEE_OTHER => attempt.stop(),
            _ => attempt.follow(),
        });
        assert_eq!(read(Client::builder().redirect(custom)), (10, false));
        let ours = crate::redirect::redirects(Policy::limited(3));
        assert_eq!(read(Client::builder().redirect(ours)), (10, false));
    }

    #[test]
    fn credentials_among_the_default_headers_keep_requests_at_their_server() {
        for name in CREDENTIALS {
            assert_eq!(read(with_default(name.clone())), (10, false), "{name}");
        }
        assert_eq!(
            read(with_default(HeaderName::from_static("x-team"))),
            (10, true)
        );
    }

    #[test]
    fn only_redirects_that_keep_the_method_are_followed() {
        let at = Url::parse("http://127.0.0.1/a/b").unwrap();
        let next = |code: u16, location: &'static str| {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(location))]);
            let mut redirects = Redirects {
                remaining: 1,
                elsewhere: true,
            };
            let status = StatusCode::from_u16(code).unwrap();
            redirects.next(status, &headers, &at).map(String::from)
        };
        assert_eq!(next(307, "c").as_deref(), Some("http://127.0.0.1/a/c"));
        assert_eq!(
            next(308, "https://example.com").as_deref(),
            Some("https://example.com/")
        );
        for code in [200, 300, 301, 302, 303, 304, 305, 503] {
            assert_eq!(next(code, "c"), None, "{code}");
        }
        for nowhere in [
            "http://[::bad/",
            "file:///etc/passwd",
            "mailto:me@example.com",
        ] {
            assert_eq!(next(307, nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn no_more_redirects_are_followed_than_the_limit() {
        let at = Url::parse("http://127.0.0.1/").unwrap();
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static("/"))]);
        let mut redirects = Redirects::UNKNOWN;
        let followed =
            std::iter::from_fn(|| redirects.next(StatusCode::TEMPORARY_REDIRECT, &headers, &at));
        assert_eq!(followed.take(100).count(), HOPS);
    }
}
