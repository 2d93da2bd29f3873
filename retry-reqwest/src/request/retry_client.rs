//! `RetryClient`: a client all of whose requests are under one policy.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderName;
use reqwest::{Client, IntoUrl, Method, Request};
use retry_core::{AnyPolicy, Budget, GiveUpEvent, RetryEvent};

use super::hosts::Hosts;
use super::http_client::{Accepts, HttpClient};
use super::policy::SharedPolicy;
use super::retry_request::RetryRequest;
use super::settings::RetrySettings;
use crate::error::Error;

/// A client whose requests are retried under one policy.
///
/// Cloning it is cheap: connections are shared, as with `reqwest::Client`. For requests that block, there is
/// `blocking::RetryClient`.
///
/// # Examples
///
/// ```
/// use retryable::Policy;
/// use retryable::http::RetryClient;
/// use std::time::Duration;
///
/// # async fn user(id: u64) -> Result<String, retryable::http::Error> {
/// let policy = Policy::new().max_attempts(5).deadline(Duration::from_secs(30));
/// let client = RetryClient::new(reqwest::Client::new(), policy);
/// client.get(format!("https://example.com/users/{id}")).text().await
/// # }
/// ```
#[derive(Clone)]
pub struct RetryClient<C: HttpClient = Client> {
    client: C,
    policy: SharedPolicy,
    pub(crate) settings: RetrySettings<C>,
    hosts: Option<Arc<Hosts>>,
}

impl<C: HttpClient> RetryClient<C> {
    /// Requests of this client, under this policy.
    pub fn new<P>(client: C, policy: P) -> Self
    where
        P: AnyPolicy<Error> + Send + Sync + 'static,
        C: Accepts<P>,
    {
        Self {
            client,
            policy: Arc::new(policy),
            settings: RetrySettings::none(),
            hosts: None,
        }
    }

    /// Gives each host a [`Budget`] of its own, made when it is first called: a host that is down then uses
    /// up its own retries, and not those of the others. A host is a name with a port, as in the URL of the
    /// request; redirects do not count. A retry that finds the budget empty is not made, with
    /// [`GiveUp::Budget`](retry_core::GiveUp::Budget). A budget of the policy counts too. Default: none.
    ///
    /// There are budgets for the 1024 hosts that were called last; see [`max_hosts`](Self::max_hosts).
    /// Clones of the client share them.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::{Budget, Policy};
    /// use retryable::http::RetryClient;
    ///
    /// let client = RetryClient::new(reqwest::Client::new(), Policy::new())
    ///     .budget_per_host(|| Budget::new(0.1).burst(10));
    /// # let _ = client;
    /// ```
    pub fn budget_per_host(mut self, budget: impl Fn() -> Budget + Send + Sync + 'static) -> Self {
        self.hosts = Some(Arc::new(Hosts::new(budget)));
        self
    }

    /// How many hosts have a [budget](Self::budget_per_host), at least 1. Beyond that, the host that was
    /// called least recently leaves first, and gets a new budget when it is called again. Default: 1024.
    /// Call it after [`budget_per_host`](Self::budget_per_host).
    pub fn max_hosts(self, hosts: usize) -> Self {
        if let Some(budgets) = &self.hosts {
            budgets.at_most(hosts);
        }
        self
    }

    /// On every request: see [`RetryRequest::attempt_header`].
    pub fn attempt_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.attempt_header(name);
        self
    }

    /// On every request: see [`RetryRequest::remaining_header`].
    pub fn remaining_header(mut self, name: HeaderName) -> Self {
        self.settings = self.settings.remaining_header(name);
        self
    }

    /// On every request: see [`RetryRequest::hint_header`].
    pub fn hint_header<F>(mut self, name: HeaderName, parse: F) -> Self
    where
        F: Fn(&str) -> Option<Duration> + Send + Sync + 'static,
    {
        self.settings = self.settings.hint_header(name, parse);
        self
    }

    /// On every request: see [`RetryRequest::on_retry`]. A callback of the request itself runs first.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::Policy;
    /// use retryable::http::RetryClient;
    ///
    /// let client = RetryClient::new(reqwest::Client::new(), Policy::new())
    ///     .on_retry(|event| eprintln!("attempt {} failed", event.attempt))
    ///     .on_give_up(|event| eprintln!("gave up: {}", event.reason));
    /// # let _ = client;
    /// ```
    pub fn on_retry<F>(mut self, on_retry: F) -> Self
    where
        F: Fn(&RetryEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.settings = self.settings.on_retry(on_retry);
        self
    }

    /// On every request: see [`RetryRequest::on_give_up`]. A callback of the request itself runs first.
    pub fn on_give_up<F>(mut self, on_give_up: F) -> Self
    where
        F: Fn(&GiveUpEvent<'_, Error>) + Send + Sync + 'static,
    {
        self.settings = self.settings.on_give_up(on_give_up);
        self
    }

    /// The client inside, for requests that are not to be retried.
    pub fn client(&self) -> &C {
        &self.client
    }

    /// The policy of every request.
    pub fn policy(&self) -> &(dyn AnyPolicy<Error> + Send + Sync) {
        &*self.policy
    }

    /// A `GET`.
    pub fn get(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::GET, url)
    }

    /// A `HEAD`.
    pub fn head(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::HEAD, url)
    }

    /// A `PUT`.
    pub fn put(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::PUT, url)
    }

    /// A `DELETE`.
    pub fn delete(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::DELETE, url)
    }

    /// A `POST`, which is repeated only if it was certainly not processed, or is said to be
    /// [`idempotent`](RetryRequest::idempotent) or has a [key](RetryRequest::idempotency_key).
    pub fn post(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::POST, url)
    }

    /// A `PATCH`, which is repeated as a [`POST`](Self::post) is.
    pub fn patch(&self, url: impl IntoUrl) -> RetryRequest<'_, C> {
        self.request(Method::PATCH, url)
    }

    /// A request with any method. A URL that cannot be parsed is an error when the request is sent.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RetryRequest<'_, C> {
        let request = RetryRequest::new(self.client.request(method, url), &*self.policy);
        request.of_client(&self.settings, self.hosts.as_deref())
    }
}

impl RetryClient {
    /// On every request that does not set its own: see [`RetryRequest::before_attempt`].
    pub fn before_attempt<F, Fut>(mut self, before: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request, Error>> + Send + 'static,
    {
        self.settings = self.settings.before_attempt(before);
        self
    }
}

impl<C: HttpClient> fmt::Debug for RetryClient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client would show its default headers.
        f.debug_struct("RetryClient")
            .field("policy", &self.policy.view())
            .field("settings", &self.settings)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
