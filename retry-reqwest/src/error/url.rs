//! URLs that errors show.

use reqwest::Url;
use reqwest::header::{HeaderMap, LOCATION};

/// Returns the URL to which a response redirects.
pub(crate) fn location(headers: &HeaderMap, at: &Url) -> Option<Url> {
    let location = std::str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()?;
    at.join(location).ok()
}

/// Removes the parts that may be secret: user name, password, query and fragment.
///
/// If the scheme was forgotten, as in `me:word@example.org/a`, the parser takes the user name for the scheme, and the
/// password for a part of the path. Such a URL becomes `redacted:example.org/a`.
pub(crate) fn clean(url: &mut Url) {
    if !url.has_host() {
        if let Some((_, rest)) = url.path().rsplit_once('@') {
            // Always a URL: it was the end of a path.
            if let Ok(redacted) = Url::parse(&format!("redacted:{rest}")) {
                *url = redacted;
            } else {
                url.set_path("");
            }
        }
    }
    // Fails for URLs that cannot have a user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_url_has_neither_user_nor_query_nor_fragment() {
        let mut url = Url::parse("https://me:word@example.org:8443/a/b?key=1#token").unwrap();
        clean(&mut url);
        assert_eq!(url.as_str(), "https://example.org:8443/a/b");
    }

    #[test]
    fn a_url_without_a_scheme_has_neither_user_nor_password() {
        let cases = [
            ("me:word@example.org/a?key=1", "redacted:example.org/a"),
            ("me:/word@example.org/a", "redacted:example.org/a"),
            (
                "me:wo@rd@example.org:8443/a#b",
                "redacted:example.org:8443/a",
            ),
            ("me:word@", "redacted:"),
            ("localhost:8080/a?key=1", "localhost:8080/a"),
            // With a host, there is a scheme.
            ("ftp://me:word@example.org/@a", "ftp://example.org/@a"),
            ("http:/me:word@example.org/@a", "http://example.org/@a"),
            ("other://me:word@example.org/@a", "other://example.org/@a"),
        ];
        for (url, cleaned) in cases {
            let mut url = Url::parse(url).unwrap();
            clean(&mut url);
            assert_eq!(url.as_str(), cleaned);
        }
    }
}
