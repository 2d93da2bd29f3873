//! `HttpClient`: what the awaited and the blocking client of reqwest have in common.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, IntoUrl, Method, Request, RequestBuilder, Url};

use crate::body::{ReplayBody, clone_request};
use crate::error::Error;

/// A client of reqwest, with the types that belong to it. Sealed: no other crate can name it.
pub trait HttpClient: Clone + fmt::Debug {
    /// The builder of a request.
    type Builder;

    /// A request.
    type Request;

    /// The source of the body of each attempt.
    type Body: Clone + fmt::Debug;

    /// The callback that changes the request of each attempt.
    type BeforeAttempt: Clone;

    /// Begins a request.
    fn request<U: IntoUrl>(&self, method: Method, url: U) -> Self::Builder;

    /// Builds the request.
    fn build_split(builder: Self::Builder) -> (Self, reqwest::Result<Self::Request>);

    /// Copies a request. Returns `None` if its body can be read only once.
    fn repeat(request: &Self::Request) -> Option<Self::Request>;

    /// Copies a request that has only a method, a URL and headers.
    ///
    /// reqwest copies a request through an empty map for its timeout, which takes three allocations. It has no function
    /// that shows everything else that a request may have, so only requests that this crate built can be copied so.
    fn copy_bare(request: &Self::Request) -> Self::Request;

    /// Returns the method of a request.
    fn method(request: &Self::Request) -> &Method;

    /// Returns the URL of a request.
    fn url(request: &Self::Request) -> &Url;

    /// Returns the timeout that was set on a request.
    fn timeout(request: &Self::Request) -> Option<Duration>;

    /// Returns the headers of a request.
    fn headers_mut(request: &mut Self::Request) -> &mut HeaderMap;

    /// Removes the body that was set on the builder of the request.
    fn remove_body(request: &mut Self::Request);

    /// Returns whether there is a body for another attempt.
    fn can_replay(body: &Self::Body) -> bool;

    /// Stops the body of an attempt that has ended.
    fn take_back(body: &mut Self::Body);
}

/// The methods of [`HttpClient`] that have the same names and signatures in both of reqwest's clients, which share no
/// trait.
macro_rules! forward_to_reqwest {
    () => {
        fn request<U: reqwest::IntoUrl>(&self, method: reqwest::Method, url: U) -> Self::Builder {
            self.request(method, url)
        }

        fn build_split(builder: Self::Builder) -> (Self, reqwest::Result<Self::Request>) {
            builder.build_split()
        }

        #[inline]
        fn copy_bare(request: &Self::Request) -> Self::Request {
            let mut copy = Self::Request::new(request.method().clone(), request.url().clone());
            copy.headers_mut().clone_from(request.headers());
            copy
        }

        fn method(request: &Self::Request) -> &reqwest::Method {
            request.method()
        }

        fn url(request: &Self::Request) -> &reqwest::Url {
            request.url()
        }

        fn timeout(request: &Self::Request) -> Option<std::time::Duration> {
            request.timeout().copied()
        }

        fn headers_mut(request: &mut Self::Request) -> &mut reqwest::header::HeaderMap {
            request.headers_mut()
        }

        fn remove_body(request: &mut Self::Request) {
            *request.body_mut() = None;
        }

        fn can_replay(body: &Self::Body) -> bool {
            body.can_replay()
        }

        fn take_back(body: &mut Self::Body) {
            body.take_back();
        }
    };
}
#[cfg(feature = "blocking")]
pub(crate) use forward_to_reqwest;

/// The callback that changes the request of each attempt.
type BeforeAttempt = Arc<
    dyn Fn(Request) -> Pin<Box<dyn Future<Output = Result<Request, Error>> + Send>> + Send + Sync,
>;

impl HttpClient for Client {
    type Builder = RequestBuilder;
    type Request = Request;
    type Body = ReplayBody;
    type BeforeAttempt = BeforeAttempt;

    #[inline]
    fn repeat(request: &Request) -> Option<Request> {
        clone_request(request).ok()
    }

    forward_to_reqwest!();
}

/// A client whose requests can be under policies of the type `P`.
#[diagnostic::on_unimplemented(
    message = "`{P}` is not a policy for requests of `{Self}`",
    note = "a thread cannot be interrupted: write `max_elapsed` in place of `deadline`, and set a timeout on the request in place of `attempt_timeout`"
)]
pub trait Accepts<P>: HttpClient {}

impl<P> Accepts<P> for Client {}
