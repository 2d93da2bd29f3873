//! What is known of the hops that one request has passed.

use std::future::Future;

use reqwest::header::HeaderMap;
use reqwest::{Request, Response, StatusCode, Url};
use retry_core::Class;

use super::held::Held;
use super::reached::Reached;
use super::watch::Watch;
use crate::classify::{HintHeaders, Safety, judge_first_hop};
use crate::error::Error;

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
    body: Body,
    followed: bool,
}

/// What the body of a request can tell.
#[derive(Debug)]
enum Body {
    /// When reqwest follows a redirect that needs no body.
    Held(Held),
    /// When a connection asks for it.
    Noted(Reached),
    /// Nothing: other code may want to see it as it is, or a thread sends it.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    Unknown,
}

impl Trail {
    /// Of a request that this crate sends by itself.
    pub(crate) fn note(request: &mut Request, safety: Safety) -> Self {
        Self::begin(safety, || {
            let url = request.url().clone();
            let body = match Held::hold(request) {
                Some(held) => Body::Held(held),
                None => Body::Noted(Reached::note(request)),
            };
            (url, body)
        })
    }

    /// Of a request that other code sends: it finds the body as it was.
    #[cfg(any(feature = "middleware", feature = "tower"))]
    pub(crate) fn watch(request: &mut Request, safety: Safety) -> Self {
        Self::begin(safety, || {
            let url = request.url().clone();
            (url, Held::hold(request).map_or(Body::Unknown, Body::Held))
        })
    }

    /// Of a request that is sent on another thread.
    #[cfg(feature = "blocking")]
    pub(crate) fn of_thread(url: &Url, safety: Safety) -> Self {
        Self::begin(safety, || (url.clone(), Body::Unknown))
    }

    fn begin(safety: Safety, request: impl FnOnce() -> (Url, Body)) -> Self {
        let once = (safety == Safety::Once).then(|| {
            let (url, body) = request();
            let followed = false;
            Box::new(Once {
                url,
                body,
                followed,
            })
        });
        Self { safety, once }
    }

    /// Whether the server must not process the request twice, so that its hops make a difference.
    #[cfg(feature = "blocking")]
    pub(crate) fn is_once(&self) -> bool {
        self.once.is_some()
    }

    /// A redirect is followed now.
    pub(crate) fn follow(&mut self) {
        if let Some(once) = &mut self.once {
            once.followed = true;
        }
    }

    /// Awaits what a request is answered with, and sees the redirects that reqwest follows meanwhile.
    pub(crate) async fn see<T>(&mut self, sent: impl Future<Output = T>) -> T {
        let Some(once) = &self.once else {
            return sent.await;
        };
        let held = match &once.body {
            Body::Held(held) => Some(held.clone()),
            _ => None,
        };
        let (outcome, followed) = Watch::new(sent, held).await;
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
        let reached = matches!(&once.body, Body::Noted(reached) if reached.get());
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
        let Some(once) = &self.once else {
            return error;
        };
        let error = error.of_request(self.safety);
        match &once.body {
            _ if once.followed => error.on_a_later_hop(),
            Body::Held(_) => error.on_the_first_hop(),
            // A connection from the pool that the server has closed: hyper tries another one by itself, and
            // fails so only in a race. Nothing proves that it was the first hop's.
            _ if error.is_not_sent() => error.on_a_later_hop(),
            _ => error,
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
