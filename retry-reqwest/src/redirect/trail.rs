//! What is known of the hops that one request has passed.

use std::future::Future;

use reqwest::header::HeaderMap;
use reqwest::{Request, Response, StatusCode, Url};
use retry_core::Class;

use super::reached::Reached;
use super::watch::Watch;
use crate::Error;
use crate::failure::judge_first_hop;
use crate::hint_headers::HintHeaders;
use crate::method::Safety;

/// Follows one attempt's request from hop to hop.
#[derive(Debug)]
pub(crate) struct Trail {
    safety: Safety,
    /// `None` if the server may process the request twice: then no hop makes a difference.
    once: Option<Box<Once>>,
}

/// A request that must not be processed twice.
#[derive(Debug)]
struct Once {
    url: Url,
    /// `None` if the body is not ours to look at.
    reached: Option<Reached>,
    followed: bool,
}

impl Trail {
    /// Of a request that this crate sends by itself. Its body becomes one that reqwest cannot clone.
    pub(crate) fn note(request: &mut Request, safety: Safety) -> Self {
        let once = (safety == Safety::Once).then(|| {
            Box::new(Once {
                url: request.url().clone(),
                reached: Some(Reached::note(request)),
                followed: false,
            })
        });
        Self { safety, once }
    }

    /// Of a request whose body is not to be touched: other code sends it, or a thread.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    pub(crate) fn watch(url: &Url, safety: Safety) -> Self {
        let once = (safety == Safety::Once).then(|| {
            Box::new(Once {
                url: url.clone(),
                reached: None,
                followed: false,
            })
        });
        Self { safety, once }
    }

    /// Whether the body of the request was put into one that reqwest cannot clone.
    pub(crate) fn is_noted(&self) -> bool {
        self.once
            .as_ref()
            .is_some_and(|once| once.reached.is_some())
    }

    /// A redirect is followed now.
    pub(crate) fn follow(&mut self) {
        if let Some(once) = &mut self.once {
            once.followed = true;
        }
    }

    /// Awaits what a request is answered with, and sees the redirects that reqwest follows meanwhile.
    pub(crate) async fn of<T>(&mut self, sent: impl Future<Output = T>) -> T {
        if self.once.is_none() {
            return sent.await;
        }
        let (outcome, followed) = Watch::new(sent).await;
        if followed {
            self.follow();
        }
        outcome
    }

    /// Whether a response from `at` comes from a later hop, as far as that can be known.
    fn is_behind(&self, at: &Url) -> bool {
        self.once
            .as_ref()
            .is_some_and(|once| once.followed || !is_same(&once.url, at))
    }

    /// The error of a failed response.
    pub(crate) fn failed_response(
        &self,
        response: &Response,
        hints: Option<&HintHeaders>,
    ) -> Error {
        let (status, headers) = (response.status(), response.headers());
        self.failed_head(status, headers, response.url(), hints)
    }

    /// The error of a failed response from `at`.
    pub(crate) fn failed_head(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        at: &Url,
        hints: Option<&HintHeaders>,
    ) -> Error {
        let error = Error::from_head(status, headers, at.clone(), self.safety, hints);
        if self.is_behind(at) {
            error.on_a_later_hop()
        } else {
            error
        }
    }

    /// The error of a request that this crate sent by itself, and that got no response.
    pub(crate) fn failed_transport(&self, error: reqwest::Error) -> Error {
        let Some(once) = &self.once else {
            return Error::from_transport(error, self.safety);
        };
        // A server that took the body may have processed the request. Unless it says itself that it did
        // not, the failure may be that of a later hop.
        let rule = judge_first_hop(&error);
        let reached = once.reached.as_ref().is_some_and(Reached::get);
        let later =
            once.followed || (reached && rule.class == Class::Refused && !rule.is_of_the_stream());
        let error = Error::from_transport(error, self.safety);
        if later { error.on_a_later_hop() } else { error }
    }

    /// The error of a request that a thread sent, and that got no response.
    #[cfg(feature = "blocking")]
    pub(crate) fn failed_in_thread(&self, error: reqwest::Error) -> Error {
        match self.once {
            None => Error::from_transport(error, self.safety),
            Some(_) => self.failed(Error::from(error)),
        }
    }

    /// The error of a request whose body was not touched, and that got no response.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    pub(crate) fn failed(&self, error: Error) -> Error {
        match &self.once {
            None => error,
            Some(once) if once.followed => error.of_request(self.safety).on_a_later_hop(),
            Some(_) => error.of_request(self.safety),
        }
    }
}

/// Whether reqwest has come from one to the other without a redirect: it drops the fragment.
fn is_same(requested: &Url, at: &Url) -> bool {
    let as_sent = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        // As reqwest does with the URL of a response.
        let uri = url.as_str().parse::<http::Uri>().ok()?;
        Url::parse(&uri.to_string()).ok()
    };
    as_sent(requested) == as_sent(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_place_shows_a_redirect() {
        let same = |one: &str, two: &str| is_same(&one.parse().unwrap(), &two.parse().unwrap());
        assert!(same("http://a/b?c=d|e#f", "http://a/b?c=d|e"));
        assert!(same("http://a", "http://a/"));
        assert!(!same("http://a/b", "http://a/c"));
        assert!(!same("http://a/b?c", "http://a/b"));
        assert!(!same("http://a/", "https://a/"));
        assert!(!same("http://a/", "http://a:81/"));
    }
}
