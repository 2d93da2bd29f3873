//! What is known about the hops of one request.

use std::future::Future;

use reqwest::header::HeaderMap;
use reqwest::{Request, Response, StatusCode, Url};
use retry_core::Class;

use super::held::Held;
use super::reached::Reached;
use super::watch::Watch;
use crate::classify::{HintHeaders, Safety, judge_first_hop, rules};
use crate::error::Error;

/// The hops of one attempt's request, as far as they are known.
#[derive(Debug)]
pub(crate) struct Trail {
    safety: Safety,
    /// `None` if the server may process the request twice, because then its hops make no difference.
    once: Option<Box<Once>>,
}

/// A request that must not be processed twice.
#[derive(Debug)]
struct Once {
    url: Url,
    evidence: Evidence,
    followed: bool,
}

/// What the body of a request shows about its hops.
#[derive(Debug)]
enum Evidence {
    /// Whether reqwest followed a redirect that needs no body.
    Held(Held),
    /// Whether a connection has polled the body.
    Reached(Reached),
    /// Nothing: other code must see the body unchanged, or another thread sends it.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    Unknown,
}

impl Trail {
    /// Begins the trail of a request that this crate sends itself.
    #[inline]
    pub(crate) fn note(request: &mut Request, safety: Safety) -> Self {
        Self::begin(safety, || {
            let url = request.url().clone();
            let evidence = match Held::hold(request) {
                Some(held) => Evidence::Held(held),
                None => Evidence::Reached(Reached::note(request)),
            };
            (url, evidence)
        })
    }

    /// Begins the trail of a request that other code sends. That code sees the same body as before.
    #[cfg(any(feature = "middleware", feature = "tower"))]
    #[inline]
    pub(crate) fn watch(request: &mut Request, safety: Safety) -> Self {
        Self::begin(safety, || {
            let url = request.url().clone();
            (
                url,
                Held::hold(request).map_or(Evidence::Unknown, Evidence::Held),
            )
        })
    }

    /// Begins the trail of a request that another thread sends.
    #[cfg(feature = "blocking")]
    pub(crate) fn of_thread(url: &Url, safety: Safety) -> Self {
        Self::begin(safety, || (url.clone(), Evidence::Unknown))
    }

    #[inline]
    fn begin(safety: Safety, request: impl FnOnce() -> (Url, Evidence)) -> Self {
        let once = (safety == Safety::Once).then(|| {
            let (url, evidence) = request();
            let followed = false;
            Box::new(Once {
                url,
                evidence,
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

    /// Records that a redirect is followed.
    pub(crate) fn follow(&mut self) {
        if let Some(once) = &mut self.once {
            once.followed = true;
        }
    }

    /// Awaits the outcome of a request, and notices redirects that reqwest follows meanwhile.
    pub(crate) async fn see<T>(&mut self, sent: impl Future<Output = T>) -> T {
        let Some(once) = &self.once else {
            return sent.await;
        };
        let held = if let Evidence::Held(held) = &once.evidence {
            Some(held.clone())
        } else {
            None
        };
        let (outcome, followed) = Watch::new(sent, held).await;
        if followed {
            self.follow();
        }
        outcome
    }

    /// Whether a response from `at` comes from a later hop, as far as this can be known.
    fn is_behind(&self, at: &Url) -> bool {
        self.once
            .as_ref()
            .is_some_and(|once| once.followed || !is_same(&once.url, at))
    }

    /// Returns the error of a failed response.
    pub(crate) fn failed_response(
        &self,
        response: &Response,
        hints: Option<&HintHeaders>,
    ) -> Error {
        let (status, headers) = (response.status(), response.headers());
        self.failed_head(status, headers, response.url(), hints)
    }

    /// Returns the error of a failed response from `at`.
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

    /// Returns the error of a request that this crate sent itself, and that got no response.
    pub(crate) fn failed_transport(&self, error: reqwest::Error) -> Error {
        let Some(once) = &self.once else {
            return Error::from_transport(error, self.safety);
        };
        // A server that has received the body may have processed the request, and the failure may come from a later
        // hop, unless the server itself denies it.
        let rule = judge_first_hop(&error);
        let reached = matches!(&once.evidence, Evidence::Reached(reached) if reached.is_reached());
        let later = once.followed
            || (reached && rule.class == Class::Refused && !rules::is_of_the_stream(rule));
        let error = Error::from_transport(error, self.safety);
        if later { error.on_a_later_hop() } else { error }
    }

    /// Returns the error of a request that another thread sent, and that got no response.
    #[cfg(feature = "blocking")]
    pub(crate) fn failed_in_thread(&self, error: reqwest::Error) -> Error {
        match self.once {
            None => Error::from_transport(error, self.safety),
            Some(_) => self.failed(Error::from(error)),
        }
    }

    /// Returns the error of a request whose body was not wrapped, and that got no response.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    pub(crate) fn failed(&self, error: Error) -> Error {
        let Some(once) = &self.once else {
            return error;
        };
        let error = error.of_request(self.safety);
        match &once.evidence {
            _ if once.followed => error.on_a_later_hop(),
            Evidence::Held(_) => error.on_the_first_hop(),
            // The server has closed a connection of the pool. hyper then uses another connection, and fails so only in
            // a race. Nothing proves that it was a connection to the first hop.
            _ if error.is_not_sent() => error.on_a_later_hop(),
            _ => error,
        }
    }
}

/// Whether `at` is the requested URL, so that no redirect was followed. reqwest drops the fragment.
fn is_same(requested: &Url, at: &Url) -> bool {
    let as_sent = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        // reqwest converts the URL of a response in the same way.
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
