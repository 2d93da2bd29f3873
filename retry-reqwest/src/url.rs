//! URLs that may be shown.

use reqwest::Url;

/// Removes what may be secret: user name and password, query, fragment.
pub(crate) fn clean(url: &mut Url) {
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
}
