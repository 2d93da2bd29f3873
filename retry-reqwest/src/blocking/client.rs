//! `RetryClient` for `reqwest::blocking`.

use std::sync::Arc;
use std::time::Duration;

use reqwest::blocking::{Client, Request, RequestBuilder};
use reqwest::header::HeaderMap;
use reqwest::{IntoUrl, Method, Url};
use retry_core::{BlockingLimit, Policy};

use super::ReplayBody;
use crate::error::Error;
use crate::request::{Accepts, HttpClient};

/// A [`RetryClient`](crate::RetryClient) whose requests block the thread.
///
/// # Examples
///
/// ```no_run
/// use retryable::Policy;
/// use retryable::http::blocking::RetryClient;
///
/// # fn user(id: u64) -> Result<String, retryable::http::Error> {
/// let client = RetryClient::new(reqwest::blocking::Client::new(), Policy::new());
/// client.get(format!("https://example.com/users/{id}")).text()
/// # }
/// ```
pub type RetryClient = crate::RetryClient<Client>;

impl RetryClient {
    /// Sets [`RetryRequest::before_attempt`](super::RetryRequest) on every request that does not set its own.
    pub fn before_attempt<F>(mut self, before: F) -> Self
    where
        F: Fn(Request) -> Result<Request, Error> + Send + Sync + 'static,
    {
        self.settings = self.settings.with_before_attempt(Arc::new(before));
        self
    }
}

/// The callback that changes the request of each attempt.
type BeforeAttempt = Arc<dyn Fn(Request) -> Result<Request, Error> + Send + Sync>;

impl HttpClient for Client {
    type Builder = RequestBuilder;
    type Request = Request;
    type Body = ReplayBody;
    type BeforeAttempt = BeforeAttempt;

    fn request<U: IntoUrl>(&self, method: Method, url: U) -> RequestBuilder {
        self.request(method, url)
    }

    fn build_split(builder: RequestBuilder) -> (Self, reqwest::Result<Request>) {
        builder.build_split()
    }

    fn repeat(request: &Request) -> Option<Request> {
        request.try_clone()
    }

    fn method(request: &Request) -> &Method {
        request.method()
    }

    fn url(request: &Request) -> &Url {
        request.url()
    }

    fn timeout(request: &Request) -> Option<Duration> {
        request.timeout().copied()
    }

    fn headers_mut(request: &mut Request) -> &mut HeaderMap {
        request.headers_mut()
    }

    fn remove_body(request: &mut Request) {
        *request.body_mut() = None;
    }

    fn can_replay(body: &ReplayBody) -> bool {
        body.can_replay()
    }

    fn take_back(body: &mut ReplayBody) {
        body.take_back();
    }
}

impl<B, O, L: BlockingLimit, T> Accepts<Policy<B, O, L, T>> for Client {}

impl<P> Accepts<&P> for Client where Self: Accepts<P> {}

impl<P> Accepts<Box<P>> for Client where Self: Accepts<P> {}

impl<P> Accepts<Arc<P>> for Client where Self: Accepts<P> {}
