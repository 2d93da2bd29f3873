//! `RetryClient` for `reqwest::blocking`.

use std::sync::Arc;

use reqwest::blocking::{Client, Request, RequestBuilder};
use retry_core::{BlockingLimit, Policy};

use super::ReplayBody;
use crate::error::Error;
use crate::request::{self, Accepts, HttpClient, forward_to_reqwest};

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
pub type RetryClient = request::RetryClient<Client>;

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

    fn repeat(request: &Request) -> Option<Request> {
        request.try_clone()
    }

    forward_to_reqwest!();
}

impl<B, O, L: BlockingLimit, T> Accepts<Policy<B, O, L, T>> for Client {}

#[cfg(feature = "live")]
impl<E> Accepts<retry_core::LivePolicy<E>> for Client {}

impl<P> Accepts<&P> for Client where Self: Accepts<P> {}

impl<P> Accepts<Box<P>> for Client where Self: Accepts<P> {}

impl<P> Accepts<Arc<P>> for Client where Self: Accepts<P> {}
