//! `RetryClient`: a client all of whose requests are under one policy.

use std::fmt;

use reqwest::{Client, IntoUrl, Method};
use retry_core::{NoHook, Policy};

use super::RetryRequest;
use super::policy::sealed;

/// A client whose requests are retried under one policy.
///
/// Cloning it is cheap: connections are shared, as with [`Client`].
///
/// # Examples
///
/// ```
/// use retry_core::Policy;
/// use retry_reqwest::RetryClient;
/// use std::time::Duration;
///
/// # async fn user(id: u64) -> Result<String, retry_reqwest::Error> {
/// let policy = Policy::new().max_attempts(5).deadline(Duration::from_secs(30));
/// let client = RetryClient::new(reqwest::Client::new(), policy);
/// client.get(format!("https://example.com/users/{id}")).text().await
/// # }
/// ```
#[derive(Clone)]
pub struct RetryClient<P = Policy> {
    client: Client,
    policy: P,
}

impl<P> RetryClient<P> {
    /// Requests of this client, under this policy.
    pub fn new(client: Client, policy: P) -> Self
    where
        P: sealed::Sealed,
    {
        Self { client, policy }
    }

    /// The client inside, for requests that are not to be retried.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The policy of every request.
    pub fn policy(&self) -> &P {
        &self.policy
    }

    /// A `GET`.
    pub fn get<Kind>(&self, url: impl IntoUrl) -> RetryRequest<'_, P, NoHook, Kind> {
        self.request(Method::GET, url)
    }

    /// A `HEAD`.
    pub fn head<Kind>(&self, url: impl IntoUrl) -> RetryRequest<'_, P, NoHook, Kind> {
        self.request(Method::HEAD, url)
    }

    /// A `PUT`.
    pub fn put<Kind>(&self, url: impl IntoUrl) -> RetryRequest<'_, P, NoHook, Kind> {
        self.request(Method::PUT, url)
    }

    /// A `DELETE`.
    pub fn delete<Kind>(&self, url: impl IntoUrl) -> RetryRequest<'_, P, NoHook, Kind> {
        self.request(Method::DELETE, url)
    }

    /// A `POST`, which is repeated only where it was certainly not processed, unless it is said to be
    /// [`idempotent`](RetryRequest::idempotent) or has a [key](RetryRequest::idempotency_key).
    pub fn post<Kind>(&self, url: impl IntoUrl) -> RetryRequest<'_, P, NoHook, Kind> {
        self.request(Method::POST, url)
    }

    /// A `PATCH`, which is repeated as a [`POST`](Self::post) is.
    pub fn patch<Kind>(&self, url: impl IntoUrl) -> RetryRequest<'_, P, NoHook, Kind> {
        self.request(Method::PATCH, url)
    }

    /// A request with any method. A URL that cannot be parsed is an error when the request is sent.
    pub fn request<Kind>(
        &self,
        method: Method,
        url: impl IntoUrl,
    ) -> RetryRequest<'_, P, NoHook, Kind> {
        RetryRequest::new(self.client.request(method, url), &self.policy)
    }
}

impl<P: fmt::Debug> fmt::Debug for RetryClient<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client would show its default headers.
        f.debug_struct("RetryClient")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
